#include "tests/unit/runtime/fake_dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>

#include "tests/support/catch.h"

namespace epi::runtime::test {
namespace {

constexpr int kTypeA = 1;
constexpr int kTypeAaaa = 28;
constexpr int kTypeSrv = 33;
constexpr size_t kHeaderBytes = 12;

void Append16(std::string* out, unsigned value) {
  out->push_back(static_cast<char>(value >> 8 & 0xff));
  out->push_back(static_cast<char>(value & 0xff));
}

// "a.b" as length-prefixed labels.
std::string EncodeName(const std::string& name) {
  std::string out;
  for (size_t at = 0; at < name.size();) {
    const size_t end = std::min(name.find('.', at), name.size());
    out.push_back(static_cast<char>(end - at));
    out += name.substr(at, end - at);
    at = end + 1;
  }
  out.push_back(0);
  return out;
}

std::string DecodeName(const std::string& query) {
  std::string name;
  for (size_t at = kHeaderBytes; at < query.size() && query[at] != 0; at += static_cast<size_t>(query[at]) + 1) {
    if (!name.empty()) name += '.';
    name += query.substr(at + 1, static_cast<size_t>(query[at]));
  }
  return name;
}

void AppendRecord(std::string* out, int type, const std::string& data) {
  Append16(out, 0xc000 | kHeaderBytes);  // The question's name.
  Append16(out, static_cast<unsigned>(type));
  Append16(out, 1);
  Append16(out, 0);
  Append16(out, 1);  // A second to live.
  Append16(out, static_cast<unsigned>(data.size()));
  *out += data;
}

// The record's data when the address is of that family; empty otherwise.
std::string AddressData(int type, const std::string& address) {
  std::array<char, 16> bytes{};
  const int family = type == kTypeA ? AF_INET : AF_INET6;
  if (inet_pton(family, address.c_str(), bytes.data()) != 1) return {};
  return std::string(bytes.data(), type == kTypeA ? 4 : 16);
}

}  // namespace

FakeDnsServer::FakeDnsServer() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), stop_(eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(where);
  REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&where), size) == 0);
  REQUIRE(getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&where), &size) == 0);
  port_ = ntohs(where.sin_port);
  thread_ = std::make_unique<Thread>("fake-dns", [this] { Run(); });
}

FakeDnsServer::~FakeDnsServer() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_.get(), &one, sizeof(one));
}

std::string FakeDnsServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

void FakeDnsServer::SetAddresses(const std::string& host, std::vector<std::string> addresses) {
  MutexLock lock(&mutex_);
  addresses_[host] = std::move(addresses);
}

void FakeDnsServer::SetServices(const std::string& name, std::vector<DnsService> services) {
  MutexLock lock(&mutex_);
  services_[name] = std::move(services);
}

void FakeDnsServer::Run() {
  for (;;) {
    std::array<pollfd, 2> fds = {{{socket_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) return;
    std::array<char, 512> buffer{};
    sockaddr_in from{};
    socklen_t from_size = sizeof(from);
    const ssize_t size = recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < static_cast<ssize_t>(kHeaderBytes) || silent_) continue;
    const std::string answer = Answer(std::string(buffer.data(), static_cast<size_t>(size)));
    sendto(socket_.get(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), from_size);
  }
}

std::string FakeDnsServer::Answer(const std::string& query) {
  const std::string name = DecodeName(query);
  const size_t type_at = kHeaderBytes + name.size() + 2;
  const int type = static_cast<unsigned char>(query.at(type_at + 1));
  MutexLock lock(&mutex_);
  std::vector<std::string> records;
  if (const auto found = addresses_.find(name); found != addresses_.end() && (type == kTypeA || type == kTypeAaaa)) {
    for (const std::string& address : found->second) {
      if (std::string data = AddressData(type, address); !data.empty()) records.push_back(std::move(data));
    }
  }
  if (const auto found = services_.find(name); found != services_.end() && type == kTypeSrv) {
    for (const DnsService& service : found->second) {
      std::string data;
      Append16(&data, 0);
      Append16(&data, 0);
      Append16(&data, service.port);
      records.push_back(data + EncodeName(service.host));
    }
  }
  const bool known = addresses_.contains(name) || services_.contains(name);
  std::string out = query.substr(0, 2);
  Append16(&out, 0x8180U | (broken_ ? 2U : known ? 0U : 3U));
  Append16(&out, 1);
  Append16(&out, broken_ ? 0U : static_cast<unsigned>(records.size()));
  Append16(&out, 0);
  Append16(&out, 0);
  out += query.substr(kHeaderBytes, type_at + 4 - kHeaderBytes);
  if (!broken_) {
    for (const std::string& record : records) AppendRecord(&out, type, record);
  }
  return out;
}

}  // namespace epi::runtime::test
