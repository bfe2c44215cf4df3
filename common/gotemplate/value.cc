#include "common/gotemplate/value.h"

#include "common/base/go_float.h"
#include "common/base/str_cat.h"

namespace epi::gotemplate {
namespace {

std::string Joined(std::string_view open, const std::vector<std::string>& items, std::string_view close) {
  std::string out(open);
  for (size_t i = 0; i < items.size(); ++i) StrAppend(&out, i == 0 ? "" : " ", items[i]);
  return out.append(close);
}

}  // namespace

Value::Value(Map map) : rep_(std::make_shared<const Map>(std::move(map))) {}
Value::Value(Structure structure) : rep_(std::make_shared<const Structure>(std::move(structure))) {}

bool Value::Truth() const {
  switch (kind()) {
    case Kind::kNil: return false;
    case Kind::kBool: return as_bool();
    case Kind::kInt: return as_int() != 0;
    case Kind::kFloat: return as_float() != 0;
    case Kind::kString: return !as_string().empty();
    case Kind::kList: return !as_list().empty();
    case Kind::kMap: return !as_map().entries.empty();
    case Kind::kStructure: return true;
  }
  return false;
}

std::string Value::ToString() const {
  std::vector<std::string> items;
  switch (kind()) {
    case Kind::kNil: return "<nil>";
    case Kind::kBool: return as_bool() ? "true" : "false";
    case Kind::kInt: return StrCat(as_int());
    case Kind::kFloat: return FormatFloatG(as_float());
    case Kind::kString: return as_string();
    case Kind::kList:
      for (const Value& item : as_list()) items.push_back(item.ToString());
      return Joined("[", items, "]");
    case Kind::kMap:
      for (const auto& [key, value] : as_map().entries) items.push_back(StrCat(key, ":", value.ToString()));
      return Joined("map[", items, "]");
    case Kind::kStructure:
      for (const auto& [name, value] : as_structure().fields) items.push_back(value.ToString());
      return Joined("{", items, "}");
  }
  return "";
}

std::string Value::TypeName() const {
  switch (kind()) {
    case Kind::kNil: return "nil";
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int";
    case Kind::kFloat: return "float64";
    case Kind::kString: return "string";
    case Kind::kList: return "list";
    case Kind::kMap: return "map";
    case Kind::kStructure: return as_structure().type_name;
  }
  return "";
}

Result<Value> Value::Field(const std::string& name) const {
  if (kind() == Kind::kMap) {
    const auto entry = as_map().entries.find(name);
    return entry == as_map().entries.end() ? as_map().missing : entry->second;
  }
  if (kind() == Kind::kStructure) {
    for (const auto& [field, value] : as_structure().fields) {
      if (field == name) return value;
    }
  }
  if (is_nil()) return FailedPreconditionError(StrCat("nil pointer evaluating interface {}.", name));
  return FailedPreconditionError(StrCat("can't evaluate field ", name, " in type ", TypeName()));
}

}  // namespace epi::gotemplate
