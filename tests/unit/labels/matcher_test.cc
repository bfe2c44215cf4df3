#include "common/labels/matcher.h"

#include "common/labels/anchored_regex.h"
#include "common/labels/regex_shape.h"
#include "common/labels/regex_syntax.h"
#include "tests/support/catch.h"

namespace epi::labels {
namespace {

Matcher Regex(std::string pattern) {
  Result<Matcher> matcher = Matcher::Make(MatchType::kRegex, "job", std::move(pattern));
  REQUIRE(matcher.ok());
  return *std::move(matcher);
}

TEST_CASE("equality matchers take a missing label for an empty value") {
  const Labels labels{{"job", "api"}};
  CHECK(MatchesAll(std::vector{Matcher::Equal("job", "api"), Matcher::Equal("absent", "")}, labels));
  CHECK_FALSE(MatchesAll(std::vector{Matcher::NotEqual("absent", "")}, labels));
  CHECK(Matcher::NotEqual("job", "x").MatchesEmpty());
}

TEST_CASE("a regex matcher agrees with the automaton whatever its shape") {
  const std::vector<std::string> patterns = {
      "",        "api",      "api|web",   "api|",      "a.*",      ".*i",     ".*p.*",   ".+",          ".*",
      "a.+i",    "(api|web)","(?:a|w).*", "a[pq]i",    "^api$",    "^a.*|w$", "a\\.b",   "[0-9]-x",     "a.*?",
      ".+.+",    "a.*b.*c",  ".*a.*a.*",  "x{2}",      "(?i)API",  "a+",      "[^a]pi",  "\\d+",        "(a|b)(c|d).*(e|f)",
      ".*.*",    ".*.+",     ".+.*a",     "a\nb",      "a.b",      "[a\\-c]", "[]a]",    "\xc3\xa9.*",  "(?s).",
      "(a.*|b)c","a|b.*|.+c","(|a)b",     "[+*.?]x",   "a(?:)b",   "()",      "a||b",    ".+a.+",       "(?-s:a.b)"};
  const std::vector<std::string> values = {
      "",     "api",  "web",   "a",    "i",      "apip",  "papi", "API",  "a.b",  "axb",   "a\nb", "xx",     "x",      "aaa",
      "aba",  "abc",  "aXbXc", "ac",   "acxe",   "bdf",   "5-x",  "55",   "\xc3\xa9t", "w", "-", "b]c", "]", "\xff", "\xffi",
      "aa",   "+x",   ".x",    "b",    "ab",     "bc",    "xc",   "aa.aa"};
  for (const std::string& pattern : patterns) {
    const Matcher matcher = Regex(pattern);
    const Result<AnchoredRegex> automaton = AnchoredRegex::Make(pattern);
    REQUIRE(automaton.ok());
    for (const std::string& value : values) {
      INFO("pattern " << pattern << " value " << value);
      CHECK(matcher.Matches(value) == automaton->Matches(value));
      if (automaton->Matches(value)) CHECK(value.starts_with(matcher.regex_prefix()));
    }
  }
}

TEST_CASE("common patterns never reach the automaton, others do") {
  for (const char* pattern : {"", "api", "a|b|", "a.*", ".*a", ".*a.*", ".+", "(a|b)-[01].+", "^a$", "a\\.b"}) {
    INFO(pattern);
    CHECK(RegexShape::Analyze(pattern).has_value());
  }
  for (const char* pattern : {"a+", "(?i)a", "a{2}", "[^a]", "\\d", "a.b", ".+.+", "(^a)", "a)", "(a", "[z-a]", "a**", "[a", "\xff",
                              "(?P<x>a)", "a$b", ".**", "(a|b)*", "[[:alpha:]]"}) {
    INFO(pattern);
    CHECK_FALSE(RegexShape::Analyze(pattern).has_value());
  }
}

TEST_CASE("an alternation of literals lists them for postings lookups") {
  const auto sets = [](const std::string& pattern) {
    const Matcher matcher = Regex(pattern);
    const auto set = matcher.set_matches();
    return std::vector<std::string>(set.begin(), set.end());
  };
  CHECK(sets("web|api|web") == std::vector<std::string>{"api", "web"});
  CHECK(sets("a(b|c)[12]") == std::vector<std::string>{"ab1", "ab2", "ac1", "ac2"});
  CHECK(sets("x|") == std::vector<std::string>{"", "x"});
  CHECK(sets("api|w.*").empty());
  CHECK(sets("a+").empty());
  CHECK(Matcher::Equal("a", "b").set_matches().empty());
}

TEST_CASE("a regex knows the literal that its matches start with") {
  CHECK(Regex("api-.*").regex_prefix() == "api-");
  CHECK(Regex("api|apple").regex_prefix() == "ap");
  CHECK(Regex("api-[0-9]+").regex_prefix() == "api-");
  CHECK(Regex("apix*").regex_prefix() == "api");
  CHECK(Regex("api\\.\\d").regex_prefix() == "api.");
  CHECK(Regex("api\\d|x").regex_prefix().empty());
  CHECK(Regex("(?i)api").regex_prefix().empty());
  CHECK(Regex("api(a+|b)").regex_prefix() == "api");
  CHECK(LiteralPrefix("a[|]b") == "a");
}

TEST_CASE("a long alternation is looked up, and one of a hundred thousand case-insensitive words compiles") {
  std::string pattern = "word0";
  for (int i = 1; i < 100000; ++i) pattern += "|word" + std::to_string(i);
  CHECK(Regex(pattern).Matches("word99999"));
  CHECK_FALSE(Regex(pattern).Matches("word100000"));
  CHECK(Regex("(?i)" + pattern).Matches("WORD54321"));
}

TEST_CASE("Go's syntax is taken where RE2's differs") {
  CHECK(Regex("(?<n>a+)").Matches("aa"));
  CHECK(Regex("[(?<n>]+").Matches("(?<n>"));
  CHECK(Regex("\\(?<n>").Matches("(<n>"));
  CHECK(Regex("(?i)stra\xc3\x9f" "e").Matches("STRA\xe1\xba\x9e" "E"));
  CHECK(Regex("[^a]").Matches("\xff"));
  CHECK_FALSE(Matcher::Make(MatchType::kRegex, "a", "\\C").ok());
  CHECK_FALSE(Matcher::Make(MatchType::kRegex, "a", "(?<=a)b").ok());
}

TEST_CASE("a bad regex is refused with the pattern and the reason") {
  for (const char* pattern : {"(", "a)", "a)(b", "[z-a]", "a**", "*", "\\", "x{2000}", "(?P<n", "\xff"}) {
    INFO(pattern);
    CHECK(Matcher::Make(MatchType::kNotRegex, "a", pattern).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(Matcher::Make(MatchType::kRegex, "a", "(b").status().message() ==
        "error parsing regexp: missing closing ): `(b`");
}

TEST_CASE("a matcher prints as PromQL") {
  CHECK(Matcher::Equal("job", "a\"b").ToString() == R"(job="a\"b")");
  CHECK(Matcher::Make(MatchType::kNotRegex, "a.b", "x.*")->ToString() == R"("a.b"!~"x.*")");
}

TEST_CASE("an anchored regex expands groups into a replacement as Go does") {
  const Result<AnchoredRegex> regex = AnchoredRegex::Make("(?<host>[^:]+):(\\d+)(x)?");
  REQUIRE(regex.ok());
  const auto expand = [&](std::string_view replacement) {
    std::string out;
    CHECK(regex->Expand("db:9090", replacement, &out));
    return out;
  };
  CHECK(expand("$1-$2") == "db-9090");
  CHECK(expand("${host}x$hostx$3$9") == "dbx");
  CHECK(expand("$$1 ${} $ ${1 $-") == "$1 ${} $ ${1 $-");
  CHECK(expand("$01$0") == "db:9090");
  std::string untouched;
  CHECK_FALSE(regex->Expand("db:", "$1", &untouched));
  CHECK(untouched.empty());
}

}  // namespace
}  // namespace epi::labels
