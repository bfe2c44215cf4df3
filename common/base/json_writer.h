// JSON text, appended to a string, escaped exactly as Go's encoding/json does it.
//
//   JsonWriter json(&out);
//   json.BeginObject().Key("version").Int(1).Key("labels").BeginArray().String("a").EndArray().EndObject();
//
// Contract: commas and indentation are the writer's; the caller nests correctly (CHECKed in debug builds).
// Threads:  none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace epi {

// Whether < > & are written as \u003c \u003e \u0026: Go's default, which Prometheus turns off for label strings.
enum class HtmlEscape : uint8_t { kNo, kYes };

// Appends "text" in quotes. \" \\ \b \f \n \r \t; other control bytes, U+2028 and U+2029 as \u00XX; ill-formed UTF-8 as \ufffd.
void AppendJsonString(std::string* out, std::string_view text, HtmlEscape html = HtmlEscape::kNo);
std::string JsonQuote(std::string_view text, HtmlEscape html = HtmlEscape::kNo);

class JsonWriter {
 public:
  struct Options {
    // One level of indentation, "\t" or "  "; empty for one line.
    std::string_view indent;
    HtmlEscape html = HtmlEscape::kNo;
  };
  explicit JsonWriter(std::string* out) : JsonWriter(out, Options()) {}
  JsonWriter(std::string* out, const Options& options) : out_(out), options_(options) {}

  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t value);
  JsonWriter& Uint(uint64_t value);
  // Go's number format. REQUIRES: finite.
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  // One value that is JSON already.
  JsonWriter& Raw(std::string_view json);

 private:
  JsonWriter& Begin(char bracket);
  JsonWriter& End(char bracket);
  // Comma and line break before the next value or key.
  void Separate();
  void NewLine();

  std::string* const out_;
  const Options options_;
  // Per open bracket: whether it has a member already.
  std::vector<bool> has_member_;
  bool after_key_ = false;
};

}  // namespace epi
