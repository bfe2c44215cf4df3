#include "common/http/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "common/base/str_cat.h"
#include "common/http/header_text.h"

namespace epi::http {
namespace {

constexpr size_t kRememberedMax = 1000;
constexpr size_t kAuthorizationBytesMax = 1024;
// A hash of a random password of the usual cost, for users that do not exist.
constexpr char kNobodyHash[] = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

std::array<unsigned char, 32> RandomKey() {
  std::array<unsigned char, 32> key;
  CHECK(RAND_bytes(key.data(), static_cast<int>(key.size())) == 1);
  return key;
}

bool IsBcrypt(std::string_view hash) {
  return hash.size() == 60 && (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
}

bool MatchesBcrypt(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* computed = crypt_r(password.c_str(), hash.c_str(), data.get());
  return computed != nullptr && hash.size() == std::string_view(computed).size() &&
         CRYPTO_memcmp(computed, hash.data(), hash.size()) == 0;
}

Result<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0 || text.empty()) return UnauthenticatedError("malformed Authorization header");
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return UnauthenticatedError("malformed Authorization header");
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<size_t>(size) - padding);
  return bytes;
}

}  // namespace

struct BasicAuth::Login {
  std::string user;
  std::string password;
};

BasicAuth::BasicAuth() : key_(RandomKey()), gate_({"login check", 2, 64, nullptr, nullptr}) {}

Result<std::unique_ptr<BasicAuth>> BasicAuth::Make(std::map<std::string, std::string> users) {
  std::unique_ptr<BasicAuth> auth(new BasicAuth());
  RETURN_IF_ERROR(auth->SetUsers(std::move(users)));
  return auth;
}

Status BasicAuth::SetUsers(std::map<std::string, std::string> users) {
  for (const auto& [user, hash] : users) {
    if (!IsBcrypt(hash)) return InvalidArgumentError(StrCat("basic_auth_users: \"", user, "\": not a bcrypt hash"));
  }
  MutexLock lock(&mutex_);
  users_ = std::move(users);
  return OkStatus();
}

bool BasicAuth::required() const {
  MutexLock lock(&mutex_);
  return !users_.empty();
}

// Empty for an unknown user.
std::string BasicAuth::HashOf(const std::string& user) const {
  MutexLock lock(&mutex_);
  const auto found = users_.find(user);
  return found == users_.end() ? "" : found->second;
}

Result<BasicAuth::Login> BasicAuth::Decode(std::string_view authorization) {
  const size_t space = authorization.find(' ');
  if (space == std::string_view::npos || authorization.size() > kAuthorizationBytesMax ||
      !EqualsIgnoreCase(authorization.substr(0, space), "basic")) {
    return UnauthenticatedError("login required");
  }
  const std::string text = TRY(Base64Decode(TrimSpace(authorization.substr(space))));
  const size_t colon = text.find(':');
  if (colon == std::string::npos || text.find('\0') != std::string::npos) {
    return UnauthenticatedError("malformed Authorization header");
  }
  return Login{text.substr(0, colon), text.substr(colon + 1)};
}

std::string BasicAuth::Fingerprint(const Login& login, std::string_view hash) const {
  const std::string text = StrCat(login.user.size(), ":", login.user, login.password.size(), ":", login.password, hash);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

bool BasicAuth::Remembered(std::string_view authorization) {
  const auto login = Decode(authorization);
  if (!login.ok()) return false;
  const std::string hash = HashOf(login.value().user);
  if (hash.empty()) return false;
  const std::string fingerprint = Fingerprint(login.value(), hash);
  MutexLock lock(&mutex_);
  return verified_.contains(fingerprint);
}

Status BasicAuth::Check(const Context& ctx, std::string_view authorization) {
  if (Remembered(authorization)) return OkStatus();
  const Login login = TRY(Decode(authorization));
  const std::string hash = HashOf(login.user);
  const runtime::Gate::Permit permit = TRY(gate_.Acquire(ctx));
  const bool matches = MatchesBcrypt(login.password, hash.empty() ? kNobodyHash : hash);
  if (!matches || hash.empty()) return UnauthenticatedError("wrong user or password");
  MutexLock lock(&mutex_);
  if (verified_.size() >= kRememberedMax) verified_.clear();
  verified_.insert(Fingerprint(login, hash));
  return OkStatus();
}

}  // namespace epi::http
