#include "common/api/answer.h"

#include <utility>

#include "common/base/json_writer.h"
#include "common/base/str_cat.h"

namespace epi::api {
namespace {

void AppendStrings(std::string* out, std::string_view key, const std::vector<std::string>& strings) {
  if (strings.empty()) return;
  StrAppend(out, ",\"", key, "\":[");
  for (size_t i = 0; i < strings.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonString(out, strings[i], HtmlEscape::kYes);
  }
  out->push_back(']');
}

void AppendCompleteness(std::string* out, const Completeness& completeness) {
  StrAppend(out, ",\"completeness\":{\"complete\":", completeness.complete(), ",\"answered\":", completeness.answered,
            ",\"skipped\":", completeness.skipped, ",\"failed\":", completeness.failed, ",\"lost\":", completeness.lost);
  AppendStrings(out, "missing", completeness.missing);
  out->push_back('}');
}

}  // namespace

Status JsonSink::Flush() {
  if (buffer_.empty()) return OkStatus();
  RETURN_IF_ERROR(write_(buffer_));
  buffer_.clear();
  return OkStatus();
}

ErrorClass ClassifyError(const Status& status) {
  switch (status.code()) {
    case StatusCode::kInvalidArgument: return {"bad_data", 400};
    case StatusCode::kCancelled: return {"canceled", 499};
    case StatusCode::kDeadlineExceeded: return {"timeout", 503};
    case StatusCode::kInternal: return {"internal", 500};
    case StatusCode::kNotFound: return {"not_found", 404};
    default: return {"execution", 422};
  }
}

Answer Answer::Json(std::string data) {
  Answer answer;
  answer.write_data = [data = std::move(data)](JsonSink* sink) {
    *sink->buffer() += data;
    return sink->Drain();
  };
  return answer;
}

int Answer::HttpStatus() const {
  if (!error.ok()) return ClassifyError(error).http_status;
  return write_data ? 200 : 204;
}

std::string Answer::CompletenessText() const {
  const Completeness c = completeness.value_or(Completeness());
  return StrCat("answered=", c.answered, " skipped=", c.skipped, " failed=", c.failed, " lost=", c.lost);
}

Status Answer::WriteTo(JsonSink* sink) const {
  std::string* out = sink->buffer();
  if (error.ok()) {
    out->append("{\"status\":\"success\",\"data\":");
    RETURN_IF_ERROR(write_data(sink));
  } else {
    StrAppend(out, "{\"status\":\"error\",\"errorType\":\"", ClassifyError(error).type, "\",\"error\":");
    AppendJsonString(out, error.message(), HtmlEscape::kYes);
  }
  AppendStrings(out, "warnings", warnings);
  AppendStrings(out, "infos", infos);
  if (completeness.has_value() && !completeness->complete()) AppendCompleteness(out, *completeness);
  out->push_back('}');
  return sink->Flush();
}

}  // namespace epi::api
