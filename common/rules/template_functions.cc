#include "common/rules/template_functions.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/base/duration.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/labels/anchored_regex.h"
#include "common/promql/literal.h"
#include "common/rules/humanize.h"

namespace epi::rules {
namespace {

using gotemplate::Function;
using gotemplate::Functions;
using gotemplate::List;
using gotemplate::Map;
using gotemplate::Structure;
using gotemplate::Value;
using Args = std::span<const Value>;
using Kind = Value::Kind;

constexpr char kSampleType[] = "template.sample";
// How strvalue finds its text: a label that no series can have.
constexpr char kStringValueLabel[] = "__value__";

Status WrongType(std::string_view expected, const Value& value) {
  return FailedPreconditionError(StrCat("wrong type for value; expected ", expected, "; got ", value.TypeName()));
}

Result<std::string> Text(const Value& value) {
  if (value.kind() != Kind::kString) return WrongType("string", value);
  return value.as_string();
}

Result<double> Number(const Value& value) {
  if (value.kind() == Kind::kFloat) return value.as_float();
  if (value.kind() == Kind::kInt) return static_cast<double>(value.as_int());
  if (value.kind() != Kind::kString) return FailedPreconditionError(StrCat("can't convert ", value.TypeName(), " to float"));
  return promql::ParseNumber(value.as_string());
}

template <typename Make>
Function OfText(Make make) {
  return {1, 1, [make](Args args) -> Result<Value> { return Value(make(TRY(Text(args[0])))); }};
}

template <typename Make>
Function OfNumber(Make make) {
  return {1, 1, [make](Args args) -> Result<Value> { return Value(make(TRY(Number(args[0])))); }};
}

Result<Value> SampleField(const Value& sample, const std::string& field) {
  if (sample.kind() != Kind::kStructure || sample.as_structure().type_name != kSampleType) {
    return WrongType(kSampleType, sample);
  }
  return sample.Field(field);
}

Result<std::string> LabelOf(const Value& sample, const std::string& name) {
  const Value labels = TRY(SampleField(sample, "Labels"));
  return TRY(labels.Field(name)).ToString();
}

Result<Value> First(Args args) {
  if (args[0].kind() != Kind::kList) return WrongType("template.queryResult", args[0]);
  if (args[0].as_list().empty()) return FailedPreconditionError("first() called on vector with no elements");
  return args[0].as_list().front();
}

Result<Value> SortByLabel(Args args) {
  const std::string name = TRY(Text(args[0]));
  if (args[1].kind() != Kind::kList) return WrongType("template.queryResult", args[1]);
  std::vector<std::pair<std::string, Value>> keyed;
  for (const Value& sample : args[1].as_list()) keyed.emplace_back(TRY(LabelOf(sample, name)), sample);
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  List sorted;
  for (auto& [key, sample] : keyed) sorted.push_back(std::move(sample));
  return Value(std::move(sorted));
}

Result<Value> ArgumentMap(Args args) {
  Map map;
  for (size_t i = 0; i < args.size(); ++i) map.entries[StrCat("arg", i)] = args[i];
  return Value(std::move(map));
}

// Unlike in selectors, a dot matches no line break and nothing is anchored.
Result<labels::AnchoredRegex> Regex(const Value& pattern) {
  return labels::AnchoredRegex::Make(StrCat("(?-s:", TRY(Text(pattern)), ")"));
}

Result<Value> ReplaceAll(Args args) {
  const labels::AnchoredRegex regex = TRY(Regex(args[0]));
  const std::string replacement = TRY(Text(args[1]));
  return Value(regex.ReplaceAll(TRY(Text(args[2])), replacement));
}

Result<Value> Match(Args args) {
  const labels::AnchoredRegex regex = TRY(Regex(args[0]));
  return Value(regex.FoundIn(TRY(Text(args[1]))));
}

template <typename Change>
std::string Mapped(std::string text, Change change) {
  for (char& c : text) c = change(c);
  return text;
}
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The first letter of every word.
std::string Title(std::string text) {
  bool at_start = true;
  for (char& c : text) {
    if (at_start) c = Upper(c);
    const bool in_word = Upper(c) != Lower(c) || (c >= '0' && c <= '9') || c == '_' || c == '\'' || (static_cast<uint8_t>(c) & 0x80) != 0;
    at_start = !in_word;
  }
  return text;
}

// host of host:port and [v6]:port; anything else stays as it is.
std::string StripPort(std::string text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return text;
  std::string host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
  return host.find(':') == std::string::npos ? host : text;
}

// First name of a host; addresses and ports stay.
std::string StripDomain(std::string text) {
  const std::string host = StripPort(text);
  const std::string port = host == text ? "" : text.substr(text.rfind(':'));
  const bool is_address = host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
  if (is_address) return text;
  return StrCat(host.substr(0, host.find('.')), port);
}

std::string PathOf(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  return path == std::string_view::npos ? "" : std::string(url.substr(path, url.find_first_of("?#", path) - path));
}

Result<Value> EscapeQuery(Args args) { return gotemplate::Builtins().at("urlquery").call(args); }

Function GraphLink(std::string_view tab) {
  return {1, 1, [tab](Args args) -> Result<Value> {
            return Value(StrCat("/graph?g0.expr=", TRY(EscapeQuery(args)).as_string(), "&g0.tab=", tab));
          }};
}

Result<Value> ParseDurationSeconds(Args args) {
  const auto duration = TRY(ParseDuration(TRY(Text(args[0]))));
  return Value(std::chrono::duration<double>(duration).count());
}

Function QueryOf(const TemplateEnvironment& environment) {
  return {1, 1, [environment](Args args) -> Result<Value> {
            const std::string expr = TRY(Text(args[0]));
            if (!environment.query) return FailedPreconditionError("no queries can be asked here");
            List list;
            for (const promql::VectorSample& sample : TRY(environment.query(environment.ctx, expr, environment.t_ms))) {
              list.push_back(SampleValue(sample));
            }
            return Value(std::move(list));
          }};
}

void AddSampleFunctions(Functions* functions) {
  (*functions)["first"] = {1, 1, First};
  (*functions)["value"] = {1, 1, [](Args args) { return SampleField(args[0], "Value"); }};
  (*functions)["label"] = {2, 2, [](Args args) -> Result<Value> { return Value(TRY(LabelOf(args[1], TRY(Text(args[0]))))); }};
  (*functions)["strvalue"] = {1, 1, [](Args args) -> Result<Value> { return Value(TRY(LabelOf(args[0], kStringValueLabel))); }};
  (*functions)["sortByLabel"] = {2, 2, SortByLabel};
  (*functions)["args"] = {0, Function::kAnyNumber, ArgumentMap};
}

void AddTextFunctions(Functions* functions) {
  (*functions)["reReplaceAll"] = {3, 3, ReplaceAll};
  (*functions)["match"] = {2, 2, Match};
  (*functions)["safeHtml"] = OfText([](std::string text) { return text; });
  (*functions)["title"] = OfText(Title);
  (*functions)["toUpper"] = OfText([](std::string text) { return Mapped(std::move(text), Upper); });
  (*functions)["toLower"] = OfText([](std::string text) { return Mapped(std::move(text), Lower); });
  (*functions)["stripPort"] = OfText(StripPort);
  (*functions)["stripDomain"] = OfText(StripDomain);
  (*functions)["urlQueryEscape"] = {1, 1, EscapeQuery};
  (*functions)["graphLink"] = GraphLink("0");
  (*functions)["tableLink"] = GraphLink("1");
}

void AddNumberFunctions(Functions* functions) {
  (*functions)["humanize"] = OfNumber(Humanize);
  (*functions)["humanize1024"] = OfNumber(Humanize1024);
  (*functions)["humanizeDuration"] = OfNumber(HumanizeDuration);
  (*functions)["humanizePercentage"] = OfNumber(HumanizePercentage);
  (*functions)["humanizeTimestamp"] = OfNumber(HumanizeTimestamp);
  (*functions)["toTime"] = OfNumber(HumanizeTimestamp);
  (*functions)["toDuration"] = OfNumber([](double seconds) {
    const double bounded = std::isfinite(seconds) ? std::clamp(seconds * 1e9, -9.2e18, 9.2e18) : 0;
    return FormatGoDuration(std::chrono::nanoseconds(static_cast<int64_t>(bounded)));
  });
  (*functions)["parseDuration"] = {1, 1, ParseDurationSeconds};
}

}  // namespace

Value LabelsValue(const labels::Labels& labels) {
  Map map{{}, ""};
  for (const labels::Label label : labels) map.entries[std::string(label.name)] = std::string(label.value);
  return map;
}

Value NumberOf(const promql::VectorSample& sample) {
  return sample.histogram == nullptr ? Value(sample.value) : Value(StrCat("histogram with ", sample.histogram->count, " observations"));
}

Value SampleValue(const promql::VectorSample& sample) {
  return Structure{kSampleType, {{"Labels", LabelsValue(sample.labels)}, {"Value", NumberOf(sample)}}};
}

Functions TemplateFunctions(const TemplateEnvironment& environment) {
  Functions functions;
  AddSampleFunctions(&functions);
  AddTextFunctions(&functions);
  AddNumberFunctions(&functions);
  functions["query"] = QueryOf(environment);
  functions["now"] = {0, 0, [t_ms = environment.t_ms](Args) { return Value(static_cast<double>(t_ms) / 1000); }};
  functions["externalURL"] = {0, 0, [url = environment.external_url](Args) { return Value(url); }};
  functions["pathPrefix"] = {0, 0, [path = PathOf(environment.external_url)](Args) { return Value(path); }};
  return functions;
}

}  // namespace epi::rules
