#include "common/http/web_config.h"

#include <cstdio>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"
#include "tests/unit/http/test_certificates.h"
#include "tests/unit/http/test_server.h"

namespace epi::http {
namespace {

// bcrypt, cost 4, of "secret".
constexpr char kHash[] = "$2y$04$y6EGuobjztPU0KHk2ueRFOuXeV8NHMP212Kj5NLtCUap6fwy3LnWK";

void WriteFile(const std::string& path, const std::string& text) {
  FILE* file = fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  CHECK(fwrite(text.data(), 1, text.size(), file) == text.size());
  CHECK(fclose(file) == 0);
}

}  // namespace

TEST_CASE("a web configuration turns on TLS with paths beside it, logins and headers, and takes new users on reload") {
  TestCertificates certs;
  const std::string path = certs.File("web.yml");
  const std::string tls = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"
                          "http_server_config:\n  headers:\n    X-Frame-Options: deny\n";
  WriteFile(path, tls + "basic_auth_users:\n  alice: " + kHash);
  auto web = WebSecurity::Load(path);
  REQUIRE(web.status().ToString() == "OK");
  ServerOptions options;
  web.value()->Apply(&options);
  TestServer server(options);
  const auto status = [&](const std::string& user) {
    return RunCommand(StrCat("curl -sS -o /dev/null -w '%{http_code}' --cacert ", certs.ca(), " -u ", user, ":secret ", server.Url("/echo")));
  };
  CHECK(status("alice") == "200");
  CHECK(status("bob") == "401");
  CHECK(RunCommand(StrCat("curl -sSi --cacert ", certs.ca(), " -u alice:secret ", server.Url("/echo"))).find("x-frame-options: deny") !=
        std::string::npos);
  WriteFile(path, tls + "basic_auth_users:\n  bob: " + kHash);
  REQUIRE(web.value()->Reload().ok());
  CHECK(status("alice") == "401");
  CHECK(status("bob") == "200");
  WriteFile(path, tls + "basic_auth_users:\n  bob: plain");
  CHECK(web.value()->Reload().ToString() == StrCat("InvalidArgument: ", path, ": basic_auth_users: \"bob\": not a bcrypt hash"));
  CHECK(status("bob") == "200");
}

TEST_CASE("without a web configuration there is neither TLS nor login, and a bad one is refused by name") {
  auto open = WebSecurity::Load("");
  REQUIRE(open.ok());
  ServerOptions options;
  open.value()->Apply(&options);
  CHECK(options.tls == nullptr);
  TestServer server(options);
  CHECK(RunCommand("curl -sS " + server.Url("/-/healthy")) == "OK\n");
  TestCertificates certs;
  const std::string path = certs.File("web.yml");
  WriteFile(path, "tls_server_config:\n  cert_fil: x");
  CHECK(WebSecurity::Load(path).status().message().find(path + ":2: unknown key \"cert_fil\"") == 0);
  CHECK_FALSE(WebSecurity::Load(certs.File("none.yml")).ok());
}

}  // namespace epi::http
