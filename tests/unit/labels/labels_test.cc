#include "common/labels/labels.h"

#include "tests/support/catch.h"

namespace epi::labels {
namespace {

TEST_CASE("labels are ordered, drop empty values and find values by name") {
  const Labels labels{{"job", "api"}, {"__name__", "up"}, {"gone", ""}, {"zone", "a"}};
  CHECK(labels.Count() == 3);
  CHECK(labels.metric_name() == "up");
  CHECK(labels.Get("zone") == "a");
  CHECK(labels.Get("gone").empty());
  CHECK(labels.Get("").empty());
  CHECK(labels.ToString() == R"({__name__="up", job="api", zone="a"})");
}

TEST_CASE("labels encode lengths in one byte below 255 and in four from there on") {
  const std::string value(300, 'x');
  const Labels labels{{"a", value}};
  CHECK(labels.encoded() == std::string("\x01" "a\xff\x2c\x01\x00", 6) + value);
  CHECK(labels.Get("a") == value);
  const Labels edge{{"a", std::string(254, 'y')}, {"b", std::string(255, 'z')}};
  CHECK(edge.encoded().size() == 2 + 1 + 254 + 2 + 4 + 255);
  CHECK(edge.Get("b").size() == 255);
}

TEST_CASE("the label hash is XXH64 of the encoding") {
  // XXH64("", 0) and XXH64("\x01a\x01b", 0), from the reference implementation.
  CHECK(Labels().Hash() == 0xEF46DB3751D8E999ULL);
  CHECK(Labels{{"a", "b"}}.Hash() == Labels::FromEncoded(std::string("\x01" "a\x01" "b")).Hash());
  CHECK(Labels{{"a", "b"}}.Hash() != Labels{{"a", "c"}}.Hash());
}

TEST_CASE("labels compare name by name and value by value, and not by length") {
  const std::vector<Labels> ordered = {
      Labels(),
      Labels{{"a", "1"}},
      Labels{{"a", "1"}, {"b", "1"}},
      Labels{{"a", "10"}},
      Labels{{"a", "2"}},
      Labels{{"a", std::string(300, '3')}},
      Labels{{"aa", "0"}},
      Labels{{"b", "0"}},
      Labels{{"\xc3\xa9", "0"}},
  };
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (size_t j = 0; j < ordered.size(); ++j) {
      INFO(ordered[i].ToString() << " against " << ordered[j].ToString());
      CHECK(Labels::Compare(ordered[i], ordered[j]) == (i < j ? -1 : (i > j ? 1 : 0)));
      CHECK((ordered[i] == ordered[j]) == (i == j));
    }
  }
}

TEST_CASE("unsorted labels are refused when a name is repeated or empty or a string is too long") {
  CHECK(Labels::FromUnsorted({{"a", "1"}, {"a", "2"}}).status().message() == "label name \"a\" is not unique");
  CHECK(Labels::FromUnsorted({{"", "1"}}).status().code() == StatusCode::kInvalidArgument);
  const std::string huge(kLabelBytesMax + 1, 'x');
  CHECK(Labels::FromUnsorted({{"a", huge}}).status().code() == StatusCode::kInvalidArgument);
  const std::string largest(kLabelBytesMax, 'x');
  CHECK(Labels::FromUnsorted({{"a", largest}})->Get("a").size() == kLabelBytesMax);
}

TEST_CASE("labels copy with and without names") {
  const Labels labels{{"__name__", "up"}, {"job", "api"}, {"replica", "0"}};
  const std::vector<std::string> names = {"replica", "absent", "job"};
  CHECK(labels.Without(names) == Labels{{"__name__", "up"}});
  CHECK(labels.Only(names) == Labels{{"job", "api"}, {"replica", "0"}});
  CHECK(labels.WithoutMetricName() == Labels{{"job", "api"}, {"replica", "0"}});
}

TEST_CASE("labels copy with one more label, or with one replaced") {
  const Labels base = {{"b", "2"}, {"d", "4"}};
  CHECK(base.With({"a", "1"}) == Labels({{"a", "1"}, {"b", "2"}, {"d", "4"}}));
  CHECK(base.With({"c", "3"}) == Labels({{"b", "2"}, {"c", "3"}, {"d", "4"}}));
  CHECK(base.With({"e", "5"}) == Labels({{"b", "2"}, {"d", "4"}, {"e", "5"}}));
  CHECK(base.With({"b", "x"}) == Labels({{"b", "x"}, {"d", "4"}}));
  CHECK(base.With({"d", "longer"}) == Labels({{"b", "2"}, {"d", "longer"}}));
  CHECK(Labels().With({"a", "1"}) == Labels({{"a", "1"}}));
  const std::string long_value(300, 'v');
  CHECK(base.With({"c", long_value}).Get("c") == long_value);
  CHECK(base.With({"c", long_value}).With({"c", "3"}) == Labels({{"b", "2"}, {"c", "3"}, {"d", "4"}}));
}

TEST_CASE("labels print with Go's quotes, and quote names that are not legacy") {
  const Labels labels{{"a", "x\n\"\\\x01\xff\xc3\xa9"}, {"b.c", "1"}};
  CHECK(labels.ToString() == "{a=\"x\\n\\\"\\\\\\x01\\xff\xc3\xa9\", \"b.c\"=\"1\"}");
}

TEST_CASE("labels print as a series") {
  CHECK(Labels().ToSeriesString() == "{}");
  CHECK(Labels{{"__name__", "up"}}.ToSeriesString() == "up");
  CHECK(Labels{{"__name__", "a:b"}, {"job", "x"}}.ToSeriesString() == R"(a:b{job="x"})");
  CHECK(Labels{{"__name__", "a.b"}, {"job", "x"}}.ToSeriesString() == R"({"a.b", job="x"})");
  CHECK(Labels{{"job", "x"}}.ToSeriesString() == R"({job="x"})");
}

TEST_CASE("a labels builder sets, replaces and deletes") {
  LabelsBuilder builder(Labels{{"a", "1"}, {"b", "2"}, {"c", "3"}});
  builder.Set("b", "20").Set("d", "4").Set("c", "").Del("a").Del("absent").Set("", "x");
  CHECK(builder.Get("b") == "20");
  CHECK(builder.Get("a").empty());
  CHECK(builder.Build() == Labels{{"b", "20"}, {"d", "4"}});
  builder.Reset(Labels());
  CHECK(builder.Build().empty());
}

}  // namespace
}  // namespace epi::labels
