// Header fields of a request, a response or trailers, in wire order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace epi::http {

// Names are lower case. HTTP/2 pseudo fields (":path", ":status") come first and keep their colon.
struct HeaderField {
  std::string name;
  std::string value;
  // True: keep the value out of HPACK tables (credentials).
  bool sensitive = false;
};
using HeaderFields = std::vector<HeaderField>;

// The first field of that name, or null.
inline const HeaderField* FindField(const HeaderFields& fields, std::string_view name) {
  for (const HeaderField& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}
// Its value, or "".
inline std::string_view FieldValue(const HeaderFields& fields, std::string_view name) {
  const HeaderField* field = FindField(fields, name);
  return field == nullptr ? std::string_view() : std::string_view(field->value);
}

}  // namespace epi::http
