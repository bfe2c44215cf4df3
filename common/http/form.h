// Query strings and application/x-www-form-urlencoded bodies.
//
//   query=up&match[]=a&match[]=b&time=4        '+' is a space, %2B is a plus
//
// Contract: keys repeat and keep their order; of body and URL the body's values come first, as in Go's Request.Form.
// Threads:  none; values.
// Errors:   InvalidArgument, naming the piece, on a bad escape, a semicolon separator, or more than kFormFieldsMax fields.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace epi::http {

// Undoes %XX; with `plus_is_space` also '+'. Errors: `invalid URL escape "%zz"`.
Result<std::string> PercentDecode(std::string_view text, bool plus_is_space);
// Escapes all but letters, digits, '-', '_', '.', '~' (Go's url.QueryEscape, with %20 for a space).
std::string PercentEncode(std::string_view text);

class Form {
 public:
  static Result<Form> Parse(std::string_view encoded);
  // Body parameters first, then those of the URL. The body counts only when its content type is
  // application/x-www-form-urlencoded; parameters of the type (charset) are ignored.
  static Result<Form> ParseRequest(std::string_view query, std::string_view content_type, std::string_view body);

  // The first value, or "".
  std::string_view Get(std::string_view key) const;
  bool Has(std::string_view key) const;
  std::vector<std::string> All(std::string_view key) const;
  void Add(std::string key, std::string value) { fields_.emplace_back(std::move(key), std::move(value)); }
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }
  // "a=1&b=2", escaped.
  std::string Encode() const;

 private:
  Status Append(std::string_view encoded);
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace epi::http
