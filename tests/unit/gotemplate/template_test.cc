// Cases of tests/golden/gotemplate/cases.txt: a template after "> " (\n is a line break), and below it the text it makes, or
// "error: " and why it does not. Data and functions are below. UPDATE_GOLDEN=1 rewrites the answers.

#include "common/gotemplate/template.h"

#include <cstdlib>
#include <string>

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::gotemplate {
namespace {

constexpr const char* kGolden = "tests/golden/gotemplate/cases.txt";

Value SampleOf(const char* job, double value) {
  return Structure{"sample", {{"Labels", Map{{{"job", job}}, ""}}, {"Value", value}}};
}

Value TestData() {
  return Structure{"data",
                   {{"Name", "Ada"},
                    {"Empty", ""},
                    {"Count", int64_t{3}},
                    {"Ratio", 0.25},
                    {"Big", 1234567.0},
                    {"Yes", true},
                    {"Nil", Value()},
                    {"Labels", Map{{{"job", "api"}, {"zone", "eu<1>"}}, ""}},
                    {"Samples", List{SampleOf("a", 1), SampleOf("b", 2.5)}},
                    {"None", List{}}}};
}

Functions TestFunctions() {
  return {{"upper", {1, 1, [](std::span<const Value> args) -> Result<Value> {
             std::string text = args[0].ToString();
             for (char& c : text) c = static_cast<char>(std::toupper(c));
             return Value(text);
           }}},
          {"fail", {0, 0, [](std::span<const Value>) -> Result<Value> { return FailedPreconditionError("it failed"); }}}};
}

std::string Unescaped(std::string_view line) {
  std::string out;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool is_break = line.substr(i).starts_with("\\n");
    out.push_back(is_break ? '\n' : line[i]);
    if (is_break) ++i;
  }
  return out;
}

std::string Answer(std::string_view text) {
  const auto parsed = Template::Parse("t", Unescaped(text), TestFunctions());
  if (!parsed.ok()) return StrCat("error: ", parsed.status().message(), "\n");
  const auto out = parsed->Execute(Context::Background(), TestData());
  return out.ok() ? *out + "\n" : StrCat("error: ", out.status().message(), "\n");
}

TEST_CASE("templates make the texts that Go makes of them") {
  const std::string golden = ReadFile(kGolden).value();
  std::string updated;
  std::string_view rest = golden;
  size_t cases = 0;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find("\n> ", 1), rest.size() - 1) + 1;
    const std::string_view section = rest.substr(0, end);
    rest.remove_prefix(end);
    const size_t line_end = section.find('\n');
    const std::string_view text = section.substr(2, line_end - 2);
    INFO(text);
    const std::string answer = Answer(text);
    CHECK(answer == std::string(section.substr(line_end + 1)));
    StrAppend(&updated, "> ", text, "\n", answer);
    ++cases;
  }
  CHECK(cases > 90);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) REQUIRE(WriteFileAtomically(kGolden, updated).ok());
}

TEST_CASE("templates without an end stop at their limits") {
  const auto long_text = Template::Parse("t", "{{range 2000000}}{{end}}");
  CHECK(long_text->Execute(Context::Background(), {}).ok());
  const auto loop = Template::Parse("t", "{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}");
  CHECK(loop->Execute(Context::Background(), {}).status().code() == StatusCode::kResourceExhausted);
  const auto wide = Template::Parse("t", "{{range 3000}}{{range 3000}}xxxxxxxx{{end}}{{end}}");
  CHECK(wide->Execute(Context::Background(), {}).status().code() == StatusCode::kResourceExhausted);
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "{{if true}}";
  CHECK(Template::Parse("t", deep).status().code() == StatusCode::kInvalidArgument);
  const std::string parentheses = "{{" + std::string(5000, '(') + "1" + std::string(5000, ')') + "}}";
  CHECK(Template::Parse("t", parentheses).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("a cancelled context stops a template") {
  const Context ctx = Context::Background().WithCancel();
  ctx.Cancel();
  const auto loop = Template::Parse("t", "{{range 100000}}x{{end}}");
  CHECK(loop->Execute(ctx, {}).status().code() == StatusCode::kCancelled);
}

}  // namespace
}  // namespace epi::gotemplate
