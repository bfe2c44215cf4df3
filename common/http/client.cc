#include "common/http/client.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/build_info.h"
#include "common/base/file.h"
#include "common/base/mutex.h"
#include "common/base/str_cat.h"
#include "common/http/client_handle.h"

namespace epi::http {
namespace {

// Received at once when an answer is streamed; libcurl's own size is made for downloads from afar.
constexpr long kStreamBufferBytes = 64 << 10;

// A list of header lines that libcurl reads during a call.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void Add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// A secret from its file, read for every call so that it can be rotated, or from the configuration.
Result<std::string> ReadSecret(const config::Secret& inline_value, const std::string& file) {
  if (file.empty()) return inline_value.Reveal();
  std::string text = TRY(ReadFile(file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Status AddCredentials(const config::HttpClientConfig& config, CURL* easy, HeaderList* headers) {
  if (config.basic_auth.has_value()) {
    const config::BasicAuth& auth = *config.basic_auth;
    const std::string user =
        auth.username_file.empty() ? auth.username : TRY(ReadSecret(config::Secret(), auth.username_file));
    const std::string password = TRY(ReadSecret(auth.password, auth.password_file));
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, password.c_str());
  }
  if (config.authorization.has_value()) {
    const config::Authorization& auth = *config.authorization;
    headers->Add(StrCat("Authorization: ", auth.type, " ", TRY(ReadSecret(auth.credentials, auth.credentials_file))));
  }
  for (const auto& [name, value] : config.headers) headers->Add(StrCat(name, ": ", value));
  return OkStatus();
}

void SetBlob(CURL* easy, CURLoption option, const std::string& pem) {
  if (pem.empty()) return;
  // libcurl copies it; its interface is older than const.
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

Status SetTls(const config::TlsClientConfig& tls, CURL* easy) {
  // libcurl checks certificates against the URL's host and nothing else.
  if (!tls.server_name.empty()) return UnimplementedError("tls_config.server_name is not supported for HTTP clients");
  if (tls.max_version.has_value()) return UnimplementedError("tls_config.max_version is not supported for HTTP clients");
  if (!tls.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, tls.ca_file.c_str());
  if (!tls.cert_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, tls.cert_file.c_str());
  if (!tls.key_file.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, tls.key_file.c_str());
  SetBlob(easy, CURLOPT_CAINFO_BLOB, tls.ca);
  SetBlob(easy, CURLOPT_SSLCERT_BLOB, tls.cert);
  SetBlob(easy, CURLOPT_SSLKEY_BLOB, tls.key.Reveal());
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.insecure_skip_verify ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.insecure_skip_verify ? 0L : 2L);
  if (tls.min_version.has_value()) {
    constexpr long kVersions[] = {CURL_SSLVERSION_TLSv1_0, CURL_SSLVERSION_TLSv1_1, CURL_SSLVERSION_TLSv1_2,
                                  CURL_SSLVERSION_TLSv1_3};
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, kVersions[static_cast<size_t>(*tls.min_version)]);
  }
  return OkStatus();
}

void SetMethod(const ClientRequest& request, CURL* easy) {
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Status AsStatus(CURLcode code, const Context& ctx, const internal::ClientHandle& handle,
                const internal::Transfer& transfer) {
  if (code == CURLE_OK) return OkStatus();
  const std::string what = StrCat(transfer.request->method, " ", RedactedUrl(transfer.request->url));
  if (!transfer.failure.ok()) return transfer.failure.WithContext(what);
  if (const Status ended = ctx.Check(); !ended.ok()) return ended.WithContext(what);
  const char* words = handle.error()[0] != '\0' ? handle.error() : curl_easy_strerror(code);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return InvalidArgumentError(StrCat(what, ": ", words));
  }
  return UnavailableError(StrCat(what, ": ", words));
}

}  // namespace

struct Client::Impl {
  explicit Impl(ClientOptions given) : options(std::move(given)) {
    if (options.user_agent.empty()) options.user_agent = StrCat("epimetheus/", GetBuildInfo().version);
  }

  Result<std::unique_ptr<internal::ClientHandle>> Lease() {
    {
      MutexLock lock(&mutex);
      if (!idle.empty()) {
        auto handle = std::move(idle.back());
        idle.pop_back();
        return handle;
      }
    }
    auto handle = internal::ClientHandle::Make();
    if (handle == nullptr) return ResourceExhaustedError("cannot make a libcurl handle");
    return handle;
  }

  void Return(std::unique_ptr<internal::ClientHandle> handle) {
    handle->Reset();
    MutexLock lock(&mutex);
    if (idle.size() < options.idle_max) idle.push_back(std::move(handle));
  }

  Status Prepare(const ClientRequest& request, CURL* easy, HeaderList* headers) const {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (options.accept_gzip) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, options.config.follow_redirects ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     options.config.enable_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
    SetMethod(request, easy);
    RETURN_IF_ERROR(SetTls(options.config.tls, easy));
    RETURN_IF_ERROR(AddCredentials(options.config, easy, headers));
    for (const HeaderField& field : request.headers) headers->Add(StrCat(field.name, ": ", field.value));
    // No waiting for a server that never says "continue".
    headers->Add("Expect:");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers->get());
    return OkStatus();
  }

  ClientOptions options;
  Mutex mutex;
  std::vector<std::unique_ptr<internal::ClientHandle>> idle GUARDED_BY(mutex);
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

Result<ClientResponse> Client::Do(const Context& ctx, const ClientRequest& request) const {
  return Stream(ctx, request, nullptr);
}

Result<ClientResponse> Client::Stream(const Context& ctx, const ClientRequest& request, const BodySink& sink) const {
  RETURN_IF_ERROR(ctx.Check().WithContext(StrCat(request.method, " ", RedactedUrl(request.url))));
  auto handle = TRY(impl_->Lease());
  HeaderList headers;
  RETURN_IF_ERROR(impl_->Prepare(request, handle->easy(), &headers));
  if (sink) curl_easy_setopt(handle->easy(), CURLOPT_BUFFERSIZE, kStreamBufferBytes);
  internal::Transfer transfer{.request = &request, .sink = sink ? &sink : nullptr};
  const CURLcode code = handle->Run(ctx, &transfer);
  const Status status = AsStatus(code, ctx, *handle, transfer);
  impl_->Return(std::move(handle));
  if (!status.ok()) return status;
  return std::move(transfer.response);
}

std::string RedactedUrl(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < host) return std::string(url);
  return StrCat(url.substr(0, host), "xxxxx@", url.substr(at + 1));
}

}  // namespace epi::http
