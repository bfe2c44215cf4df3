// HTTP basic authentication against bcrypt hashes, as exporter-toolkit's basic_auth_users.
//
// bcrypt is slow on purpose, so a verified login is remembered; what is remembered is an HMAC under a random key of this
// process over user, password and hash, each with its length, so that no two different logins share an entry. An unknown
// user costs as much as a wrong password. At most a few checks run at once, whatever a flood of wrong logins asks for.
//
// Threads:  safe from any thread. Check() may take 100 ms: not on the event loop; Remembered() may.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/runtime/gate.h"

namespace epi::http {

class BasicAuth {
 public:
  // Hash by user name. Errors: InvalidArgument naming the user whose hash is not bcrypt.
  static Result<std::unique_ptr<BasicAuth>> Make(std::map<std::string, std::string> users);

  // Unauthenticated unless the Authorization header holds a valid login.
  Status Check(const Context& ctx, std::string_view authorization);
  // True when the login was verified before.
  bool Remembered(std::string_view authorization);
  // Replaces the users. Errors as Make(); then the former stay. Logins that are still valid stay remembered.
  Status SetUsers(std::map<std::string, std::string> users);
  // False while there are no users: then everybody is let in.
  bool required() const;

 private:
  struct Login;
  BasicAuth();
  std::string HashOf(const std::string& user) const;
  static Result<Login> Decode(std::string_view authorization);
  std::string Fingerprint(const Login& login, std::string_view hash) const;

  const std::array<unsigned char, 32> key_;
  runtime::Gate gate_;
  mutable Mutex mutex_;
  std::map<std::string, std::string> users_ GUARDED_BY(mutex_);
  std::set<std::string> verified_ GUARDED_BY(mutex_);
};

}  // namespace epi::http
