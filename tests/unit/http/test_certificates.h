// A throw-away CA with a server and a client certificate in a temporary directory, made by the openssl program.
#pragma once

#include <string>

namespace epi::http {

class TestCertificates {
 public:
  TestCertificates();
  ~TestCertificates();

  std::string File(const std::string& name) const { return directory_ + "/" + name; }
  std::string ca() const { return File("ca.pem"); }
  std::string server_cert() const { return File("server.pem"); }
  std::string server_key() const { return File("server.key"); }
  std::string client_cert() const { return File("client.pem"); }
  std::string client_key() const { return File("client.key"); }
  // Signs a new server certificate with the given common name over the old files.
  void ReplaceServer(const std::string& common_name);

 private:
  void Sign(const std::string& name, const std::string& common_name);
  const std::string directory_;
};

// Runs a shell command; its standard output and error. CHECKs that it ends with `exit_code`, unless that is negative.
std::string RunCommand(const std::string& command, int exit_code = 0);

}  // namespace epi::http
