#include "common/http/web_config.h"

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/http_config.h"
#include "common/config/yaml.h"
#include "common/http/header_text.h"
#include "common/http/tls_context.h"

namespace epi::http {
namespace {

constexpr uint64_t kWebConfigBytesMax = 1 << 20;

Result<config::WebConfig> ReadConfig(const std::string& path) {
  config::WebConfig web;
  if (path.empty()) return web;
  const std::string text = TRY(ReadFile(path, kWebConfigBytesMax));
  const config::YamlNode root = TRY(config::YamlNode::Parse(text, path));
  RETURN_IF_ERROR(DecodeYaml(root, &web));
  return web;
}

// Relative paths count from the configuration file's own folder.
void MakeAbsolute(const std::string& config_path, std::string* file) {
  const size_t slash = config_path.rfind('/');
  if (!file->empty() && file->front() != '/' && slash != std::string::npos) {
    *file = StrCat(config_path.substr(0, slash + 1), *file);
  }
}

std::map<std::string, std::string> Users(const config::WebConfig& web) {
  std::map<std::string, std::string> users;
  for (const auto& [user, hash] : web.basic_auth_users) users.emplace(user, hash.Reveal());
  return users;
}

}  // namespace

Result<std::unique_ptr<WebSecurity>> WebSecurity::Load(const std::string& path) {
  config::WebConfig web = TRY(ReadConfig(path));
  std::unique_ptr<WebSecurity> security(new WebSecurity());
  security->path_ = path;
  security->http2_ = web.http2;
  for (const auto& [name, value] : web.headers) security->headers_.push_back({ToLower(name), value});
  auto auth = BasicAuth::Make(Users(web)).WithContext(path);
  security->auth_ = TRY(std::move(auth));
  if (!web.tls.enabled()) return security;
  MakeAbsolute(path, &web.tls.cert_file);
  MakeAbsolute(path, &web.tls.key_file);
  MakeAbsolute(path, &web.tls.client_ca_file);
  TlsOptions tls = ServerTlsOptions(web.tls);
  if (!web.http2) tls.alpn = {"http/1.1"};
  security->tls_ = TRY(TlsContext::Make(std::move(tls)).WithContext(path));
  return security;
}

void WebSecurity::Apply(ServerOptions* options) {
  options->tls = tls_;
  options->auth = auth_.get();
  options->http2 = http2_;
  options->extra_headers = headers_;
}

Status WebSecurity::Reload() {
  const config::WebConfig web = TRY(ReadConfig(path_));
  return auth_->SetUsers(Users(web)).WithContext(path_);
}

}  // namespace epi::http
