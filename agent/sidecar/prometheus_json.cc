#include "agent/sidecar/prometheus_json.h"

#include <simdjson.h>

#include "common/base/str_cat.h"
#include "common/storeapi/wire_series.h"

namespace epi::agent {
namespace {

namespace sj = simdjson;

Status NotJson(sj::error_code error) {
  return DataLossError(StrCat("answer is not the JSON it should be: ", sj::error_message(error)));
}

// A parsed document with the memory it lives in. Parsing on demand: large lists are never built as a tree.
struct Document {
  sj::padded_string body;
  sj::ondemand::parser parser;
  sj::ondemand::document document;

  Status Open(const std::string& text) {
    body = sj::padded_string(text);
    if (const auto error = parser.iterate(body).get(document)) return NotJson(error);
    std::string_view status;
    if (const auto error = document["status"].get_string().get(status)) return NotJson(error);
    if (status == "success") return OkStatus();
    std::string_view why = "no reason given";
    [[maybe_unused]] const auto missing = document["error"].get_string().get(why);
    return UnavailableError(std::string(why));
  }
};

Result<std::vector<std::string>> ReadWarnings(Document* doc) {
  std::vector<std::string> warnings;
  sj::ondemand::array list;
  if (doc->document["warnings"].get_array().get(list)) return warnings;
  for (auto item : list) {
    std::string_view text;
    if (const auto error = item.get_string().get(text)) return NotJson(error);
    warnings.emplace_back(text);
  }
  return warnings;
}

}  // namespace

Result<StringList> ParseStringList(std::string body) {
  Document doc;
  RETURN_IF_ERROR(doc.Open(body));
  StringList list;
  sj::ondemand::array data;
  if (const auto error = doc.document["data"].get_array().get(data)) return NotJson(error);
  for (auto item : data) {
    std::string_view text;
    if (const auto error = item.get_string().get(text)) return NotJson(error);
    list.values.emplace_back(text);
  }
  list.warnings = TRY(ReadWarnings(&doc));
  return list;
}

// Parses one label set after another in the same memory.
struct SeriesListReader::ElementParser {
  sj::ondemand::parser parser;
  std::string padded;
  std::vector<labels::Label> pairs;

  Result<labels::Labels> Parse(std::string_view element) {
    padded.assign(element);
    padded.append(sj::SIMDJSON_PADDING, ' ');
    sj::ondemand::document document;
    if (const auto error = parser.iterate(padded.data(), element.size(), padded.size()).get(document)) return NotJson(error);
    sj::ondemand::object object;
    if (const auto error = document.get_object().get(object)) return NotJson(error);
    pairs.clear();
    for (auto field : object) {
      labels::Label& pair = pairs.emplace_back();
      if (const auto error = field.unescaped_key().get(pair.name)) return NotJson(error);
      if (const auto error = field.value().get_string().get(pair.value)) return NotJson(error);
    }
    return storeapi::ToLabels(pairs);
  }
};

SeriesListReader::SeriesListReader(LabelsSink sink)
    : parser_(std::make_unique<ElementParser>()), elements_([this, sink = std::move(sink)](std::string_view element) -> Status {
        return sink(TRY(parser_->Parse(element)));
      }) {}
SeriesListReader::~SeriesListReader() = default;

Result<std::vector<std::string>> SeriesListReader::Finish() {
  Document doc;
  RETURN_IF_ERROR(doc.Open(elements_.rest()));
  sj::ondemand::array data;
  if (const auto error = doc.document["data"].get_array().get(data)) return NotJson(error);
  return ReadWarnings(&doc);
}

Result<std::string> ParseDataString(std::string body, std::string_view key) {
  Document doc;
  RETURN_IF_ERROR(doc.Open(body));
  std::string_view text;
  if (const auto error = doc.document["data"][key].get_string().get(text)) return NotJson(error);
  return std::string(text);
}

std::string ParseErrorText(std::string body) {
  Document doc;
  doc.body = sj::padded_string(body);
  std::string_view text;
  if (doc.parser.iterate(doc.body).get(doc.document) || doc.document["error"].get_string().get(text)) return {};
  return std::string(text);
}

}  // namespace epi::agent
