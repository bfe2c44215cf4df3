#include "tests/unit/http/test_certificates.h"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::http {

std::string RunCommand(const std::string& command, int exit_code) {
  FILE* pipe = popen(StrCat("{ ", command, "; } 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  for (size_t size = 0; (size = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) output.append(buffer, size);
  const int status = pclose(pipe);
  INFO(command << "\n" << output);
  if (exit_code >= 0) REQUIRE(WEXITSTATUS(status) == exit_code);
  return output;
}

namespace {

std::string MakeDirectory() {
  std::string path = "/tmp/epi_http_XXXXXX";
  REQUIRE(mkdtemp(path.data()) != nullptr);
  return path;
}

}  // namespace

TestCertificates::TestCertificates() : directory_(MakeDirectory()) {
  RunCommand(StrCat("cd ", directory_, " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ",
                    "-subj /CN=test-ca -keyout ca.key -out ca.pem"));
  Sign("server", "localhost");
  Sign("client", "agent-1");
}

TestCertificates::~TestCertificates() { RunCommand(StrCat("rm -rf ", directory_)); }

void TestCertificates::ReplaceServer(const std::string& common_name) { Sign("server", common_name); }

void TestCertificates::Sign(const std::string& name, const std::string& common_name) {
  RunCommand(StrCat("cd ", directory_, " && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=",
                    common_name, " -keyout ", name, ".key.new -out ", name, ".csr && printf ",
                    "'subjectAltName=DNS:localhost,IP:127.0.0.1' > san && openssl x509 -req -in ", name,
                    ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out ", name,
                    ".pem.new && mv ", name, ".key.new ", name, ".key && mv ", name, ".pem.new ", name, ".pem"));
}

}  // namespace epi::http
