// What one small HTTP request costs: the codec alone (the floor), and a whole server over loopback.
//
// BM_Server counts the CPU time of the whole process for a 167-byte JSON answer on keep-alive connections: server and client
// share it, and the client is a plain socket loop, so the figure is an upper bound for the server.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <string>

#include "common/http/http1_encoder.h"
#include "common/http/http1_parser.h"
#include "common/http/server.h"

namespace epi::http {
namespace {

const std::string kBody(167, 'x');
const std::string kRequest =
    "GET /api/v1/query?query=up&time=1700000000 HTTP/1.1\r\nHost: 127.0.0.1:10902\r\nUser-Agent: bench/1.0\r\n"
    "Accept: application/json\r\n\r\n";

void BM_Codec(benchmark::State& state) {
  const HeaderFields headers = {{"content-type", "application/json"}};
  Http1ResponseHead head;
  head.headers = &headers;
  head.content_length = kBody.size();
  Http1Parser parser({});
  for (auto _ : state) {
    std::string_view input = kRequest;
    while (parser.Parse(&input) != Http1Parser::Event::kDone) {
    }
    std::string out;
    AppendHttp1Head(head, &out);
    out += kBody;
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_Codec);

double ProcessCpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Argument 0: requests per write; argument 1: 1 for a handler thread, 0 for an inline handler.
void BM_Server(benchmark::State& state) {
  runtime::Loop loop;
  metrics::Registry registry;
  Router router({});
  Route route;
  route.method = "GET";
  route.path = "/api/v1/query";
  route.name = "query";
  const Response response{200, {{"content-type", "application/json"}}, kBody};
  if (state.range(1) == 0) {
    route.inline_handler = [&](const Request&) { return response; };
  } else {
    route.handler = [&](const Context&, const Request&, ResponseWriter* out) {
      if (!out->Send(response).ok()) out->Abort();
    };
  }
  router.Add(route);
  ServerOptions options;
  options.address = "127.0.0.1:0";
  options.registry = &registry;
  auto server = Server::Start(&loop, options, &router);
  if (!server.ok()) return state.SkipWithError("no server");
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.value()->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return state.SkipWithError("no connection");
  std::string batch;
  for (int64_t i = 0; i < state.range(0); ++i) batch += kRequest;
  const double process_start = ProcessCpuSeconds();
  const double thread_start = ThreadCpuSeconds();
  char buffer[65536];
  size_t answer_bytes = 0;
  for (auto _ : state) {
    if (send(fd, batch.data(), batch.size(), 0) < 0) break;
    // The first round learns how long an answer is: head and body, always the same.
    size_t received = 0;
    do {
      const ssize_t size = recv(fd, buffer, sizeof(buffer), 0);
      if (size <= 0) break;
      received += static_cast<size_t>(size);
      if (answer_bytes == 0) answer_bytes = std::string_view(buffer, received).find(kBody) + kBody.size();
    } while (received < answer_bytes * static_cast<size_t>(state.range(0)));
  }
  const double server_cpu = (ProcessCpuSeconds() - process_start) - (ThreadCpuSeconds() - thread_start);
  const auto requests = static_cast<double>(state.iterations() * state.range(0));
  state.counters["server_us_per_request"] = server_cpu * 1e6 / requests;
  state.counters["requests_per_s"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
  close(fd);
}
BENCHMARK(BM_Server)->Args({1, 0})->Args({16, 0})->Args({1, 1})->UseRealTime();

}  // namespace
}  // namespace epi::http

BENCHMARK_MAIN();
