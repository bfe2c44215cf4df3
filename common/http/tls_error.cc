#include "common/http/tls_error.h"

#include <openssl/err.h>

#include <system_error>

#include "common/base/str_cat.h"

namespace epi::http {

std::string TakeTlsError() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return "unexpected end";
  if (ERR_SYSTEM_ERROR(first)) return std::generic_category().message(ERR_GET_REASON(first));
  const char* reason = ERR_reason_error_string(first);
  return reason == nullptr ? StrCat("error ", static_cast<uint64_t>(first)) : std::string(reason);
}

}  // namespace epi::http
