#include "common/http/client_handle.h"

#include <algorithm>
#include <cctype>
#include <mutex>

#include "common/base/str_cat.h"

namespace epi::http::internal {
namespace {

// Longest nap between two looks at the deadline; a cancel wakes at once.
constexpr int kPollMsMax = 1000;

// "name: value\r\n"; a status line starts the headers of the next answer (after a redirect or 100 Continue).
size_t OnHeader(char* line, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  std::string_view text(line, size * count);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  if (text.starts_with("HTTP/")) {
    transfer->response.headers.clear();
    return size * count;
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return size * count;
  std::string name(text.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view value = text.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  transfer->response.headers.push_back({std::move(name), std::string(value)});
  return size * count;
}

struct BodyTarget {
  Transfer* transfer;
  CURL* easy;
};

size_t OnBody(char* bytes, size_t size, size_t count, void* user) {
  const auto* target = static_cast<BodyTarget*>(user);
  Transfer* transfer = target->transfer;
  const std::string_view piece(bytes, size * count);
  long status = 0;
  curl_easy_getinfo(target->easy, CURLINFO_RESPONSE_CODE, &status);
  transfer->response.status = static_cast<int>(status);
  if (transfer->sink != nullptr && transfer->response.ok()) {
    transfer->failure = (*transfer->sink)(transfer->response, piece);
  } else if (transfer->response.body.size() + piece.size() > transfer->request->response_bytes_max) {
    transfer->failure = ResourceExhaustedError(
        StrCat("response body is larger than ", transfer->request->response_bytes_max, " bytes"));
  } else {
    transfer->response.body += piece;
  }
  return transfer->failure.ok() ? piece.size() : 0;
}

}  // namespace

std::unique_ptr<ClientHandle> ClientHandle::Make() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_ALL); });
  CURL* easy = curl_easy_init();
  CURLM* multi = curl_multi_init();
  if (easy != nullptr && multi != nullptr) return std::unique_ptr<ClientHandle>(new ClientHandle(easy, multi));
  if (easy != nullptr) curl_easy_cleanup(easy);
  if (multi != nullptr) curl_multi_cleanup(multi);
  return nullptr;
}

ClientHandle::~ClientHandle() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

CURLcode ClientHandle::Run(const Context& ctx, Transfer* transfer) {
  BodyTarget target{transfer, easy_};
  error_[0] = '\0';
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &target);
  const auto registration = ctx.OnCancel([this] { curl_multi_wakeup(multi_); });
  curl_multi_add_handle(multi_, easy_);
  const CURLcode code = Drive(ctx);
  curl_multi_remove_handle(multi_, easy_);
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  transfer->response.status = static_cast<int>(status);
  return code;
}

CURLcode ClientHandle::Drive(const Context& ctx) {
  for (;;) {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) return CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    if (ctx.Done()) return CURLE_ABORTED_BY_CALLBACK;
    const auto remaining = std::chrono::ceil<std::chrono::milliseconds>(ctx.Remaining()).count();
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(std::min<int64_t>(remaining, kPollMsMax)), nullptr);
  }
}

}  // namespace epi::http::internal
