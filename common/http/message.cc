#include "common/http/message.h"

#include "common/base/str_cat.h"

namespace epi::http {

std::string_view Request::PathParam(std::string_view name) const {
  for (const auto& [key, value] : path_params) {
    if (key == name) return value;
  }
  return {};
}

Response TextResponse(int status, std::string_view text) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}, {"x-content-type-options", "nosniff"}}, StrCat(text, "\n")};
}

Response NotFoundResponse() { return TextResponse(404, "404 page not found"); }

Status ResponseWriter::Send(const Response& response) {
  SetStatus(response.status);
  for (const HeaderField& field : response.headers) SetHeader(field.name, field.value);
  return Write(response.body);
}

}  // namespace epi::http
