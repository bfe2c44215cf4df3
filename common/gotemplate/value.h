// Values of templates: nil, booleans, numbers, strings, lists, maps and structures.
//
// Threads:  values are immutable; lists, maps and structures are shared.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/status.h"

namespace epi::gotemplate {

class Value;
using List = std::vector<Value>;
// A map of values; `missing` is what a key that is not there reads as.
struct Map;
// Named fields; one that is not there is an error. `type_name` appears in that error.
struct Structure;

class Value {
 public:
  enum class Kind : uint8_t { kNil, kBool, kInt, kFloat, kString, kList, kMap, kStructure };

  Value() = default;
  Value(bool value) : rep_(value) {}                // NOLINT(google-explicit-constructor)
  Value(int64_t value) : rep_(value) {}             // NOLINT(google-explicit-constructor)
  Value(double value) : rep_(value) {}              // NOLINT(google-explicit-constructor)
  Value(std::string value) : rep_(std::move(value)) {}                 // NOLINT(google-explicit-constructor)
  Value(const char* value) : rep_(std::string(value)) {}               // NOLINT(google-explicit-constructor)
  Value(List list) : rep_(std::make_shared<const List>(std::move(list))) {}  // NOLINT(google-explicit-constructor)
  Value(Map map);                                   // NOLINT(google-explicit-constructor)
  Value(Structure structure);                       // NOLINT(google-explicit-constructor)

  Kind kind() const { return static_cast<Kind>(rep_.index()); }
  bool is_nil() const { return kind() == Kind::kNil; }
  // REQUIRES: kind() is that kind.
  bool as_bool() const { return std::get<bool>(rep_); }
  int64_t as_int() const { return std::get<int64_t>(rep_); }
  double as_float() const { return std::get<double>(rep_); }
  const std::string& as_string() const { return std::get<std::string>(rep_); }
  const List& as_list() const { return *std::get<std::shared_ptr<const List>>(rep_); }
  const Map& as_map() const { return *std::get<std::shared_ptr<const Map>>(rep_); }
  const Structure& as_structure() const { return *std::get<std::shared_ptr<const Structure>>(rep_); }

  // False for nil, zero and what is empty.
  bool Truth() const;
  // As Go's %v: [a b], map[k:v], {field field}. Nil is <nil>.
  std::string ToString() const;
  // "string", "float64", "int", "map", …, as errors call it.
  std::string TypeName() const;
  // Member of a map or structure. Errors: FailedPrecondition as Go words it.
  Result<Value> Field(const std::string& name) const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, std::shared_ptr<const List>, std::shared_ptr<const Map>,
               std::shared_ptr<const Structure>>
      rep_;
};

struct Map {
  std::map<std::string, Value> entries;
  Value missing;
};

struct Structure {
  std::string type_name;
  std::vector<std::pair<std::string, Value>> fields;
};

}  // namespace epi::gotemplate
