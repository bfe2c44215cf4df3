#include "common/base/status.h"

#include <array>

namespace epi {

std::string_view StatusCodeName(StatusCode code) {
  static constexpr std::array<std::string_view, 17> kNames = {
      "OK",           "Canceled",          "Unknown",            "InvalidArgument",
      "DeadlineExceeded", "NotFound",      "AlreadyExists",      "PermissionDenied",
      "ResourceExhausted", "FailedPrecondition", "Aborted",      "OutOfRange",
      "Unimplemented", "Internal",         "Unavailable",        "DataLoss",
      "Unauthenticated"};
  const auto index = static_cast<size_t>(code);
  return index < kNames.size() ? kNames.at(index) : "Unknown";
}

Status::Status(StatusCode code, std::string message)
    : rep_(std::make_unique<Rep>(Rep{code, std::move(message)})) {
  CHECK(code != StatusCode::kOk);
}

Status::Status(const Status& other)
    : rep_(other.rep_ == nullptr ? nullptr : std::make_unique<Rep>(*other.rep_)) {}

Status& Status::operator=(const Status& other) {
  if (this != &other) rep_ = other.rep_ == nullptr ? nullptr : std::make_unique<Rep>(*other.rep_);
  return *this;
}

Status Status::WithContext(std::string_view context) const {
  if (ok() || context.empty()) return *this;
  std::string message(context);
  message += ": ";
  message += rep_->message;
  return {rep_->code, std::move(message)};
}

std::string Status::ToString() const {
  if (ok()) return "OK";
  std::string text(StatusCodeName(rep_->code));
  text += ": ";
  text += rep_->message;
  return text;
}

Status CancelledError(std::string message) { return {StatusCode::kCancelled, std::move(message)}; }
Status UnknownError(std::string message) { return {StatusCode::kUnknown, std::move(message)}; }
Status InvalidArgumentError(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }
Status DeadlineExceededError(std::string message) { return {StatusCode::kDeadlineExceeded, std::move(message)}; }
Status NotFoundError(std::string message) { return {StatusCode::kNotFound, std::move(message)}; }
Status AlreadyExistsError(std::string message) { return {StatusCode::kAlreadyExists, std::move(message)}; }
Status PermissionDeniedError(std::string message) { return {StatusCode::kPermissionDenied, std::move(message)}; }
Status ResourceExhaustedError(std::string message) { return {StatusCode::kResourceExhausted, std::move(message)}; }
Status FailedPreconditionError(std::string message) { return {StatusCode::kFailedPrecondition, std::move(message)}; }
Status AbortedError(std::string message) { return {StatusCode::kAborted, std::move(message)}; }
Status OutOfRangeError(std::string message) { return {StatusCode::kOutOfRange, std::move(message)}; }
Status UnimplementedError(std::string message) { return {StatusCode::kUnimplemented, std::move(message)}; }
Status InternalError(std::string message) { return {StatusCode::kInternal, std::move(message)}; }
Status UnavailableError(std::string message) { return {StatusCode::kUnavailable, std::move(message)}; }
Status DataLossError(std::string message) { return {StatusCode::kDataLoss, std::move(message)}; }
Status UnauthenticatedError(std::string message) { return {StatusCode::kUnauthenticated, std::move(message)}; }

}  // namespace epi
