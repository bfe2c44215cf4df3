// Status: success, or a code and a message. Result<T>: a value, or a Status that is not OK.
//
// Codes are numerically those of gRPC, so a Status crosses the wire unchanged.
// Errors name the thing that failed; each level that knows more adds context with WithContext().
// Return or handle an error, never log and return it.
//
//   Result<Block> Open(const Context& ctx, const std::string& dir) {
//     const Meta meta = TRY(ReadMeta(dir));        // returns the error to our caller
//     RETURN_IF_ERROR(Verify(meta));
//     ...
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/base/check.h"

namespace epi {

// gRPC's status codes.
enum class StatusCode : uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// "DataLoss", "NotFound", …: gRPC's CamelCase names.
std::string_view StatusCodeName(StatusCode code);

// One pointer; null means OK. Copies share nothing.
class [[nodiscard]] Status {
 public:
  Status() = default;
  // REQUIRES: code != kOk.
  Status(StatusCode code, std::string message);
  Status(const Status& other);
  Status& operator=(const Status& other);
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  bool ok() const { return rep_ == nullptr; }
  StatusCode code() const { return rep_ == nullptr ? StatusCode::kOk : rep_->code; }
  // Empty when OK.
  std::string_view message() const { return rep_ == nullptr ? std::string_view() : rep_->message; }
  // "context: message", same code. OK stays OK.
  Status WithContext(std::string_view context) const;
  // "OK", or "DataLoss: message".
  std::string ToString() const;

 private:
  struct Rep {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<Rep> rep_;
};

inline Status OkStatus() { return {}; }
Status CancelledError(std::string message);
Status UnknownError(std::string message);
Status InvalidArgumentError(std::string message);
Status DeadlineExceededError(std::string message);
Status NotFoundError(std::string message);
Status AlreadyExistsError(std::string message);
Status PermissionDeniedError(std::string message);
Status ResourceExhaustedError(std::string message);
Status FailedPreconditionError(std::string message);
Status AbortedError(std::string message);
Status OutOfRangeError(std::string message);
Status UnimplementedError(std::string message);
Status InternalError(std::string message);
Status UnavailableError(std::string message);
Status DataLossError(std::string message);
Status UnauthenticatedError(std::string message);

// A T, or the reason there is none. Move-friendly; check ok() before value().
template <typename T>
class [[nodiscard]] Result {
 public:
  using ValueType = T;

  // REQUIRES: !status.ok().
  Result(Status status) : rep_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    CHECK(!std::get<Status>(rep_).ok());
  }
  template <typename U = T>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::decay_t<U>, Status> &&
             !std::is_same_v<std::decay_t<U>, Result<T>>)
  Result(U&& value) : rep_(std::in_place_index<1>, std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return rep_.index() == 1; }
  Status status() const& { return ok() ? Status() : std::get<0>(rep_); }
  Status status() && { return ok() ? Status() : std::get<0>(std::move(rep_)); }
  // REQUIRES: ok(), for all below.
  T& value() & {
    CHECK(ok());
    return *std::get_if<1>(&rep_);
  }
  const T& value() const& {
    CHECK(ok());
    return *std::get_if<1>(&rep_);
  }
  T&& value() && {
    CHECK(ok());
    return std::move(*std::get_if<1>(&rep_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T ValueOr(T fallback) && { return ok() ? std::get<1>(std::move(rep_)) : std::move(fallback); }
  // Adds context to an error; a value passes through.
  Result<T> WithContext(std::string_view context) && {
    if (ok()) return std::move(*this);
    return std::get<0>(rep_).WithContext(context);
  }

 private:
  std::variant<Status, T> rep_;
};

namespace internal {
inline Status MoveStatus(Status&& status) { return std::move(status); }
inline Status MoveStatus(Status& status) { return std::move(status); }
template <typename T>
Status MoveStatus(Result<T>&& result) {
  return std::move(result).status();
}
inline void Unwrap(Status&&) {}
template <typename T>
T Unwrap(Result<T>&& result) {
  return std::move(result).value();
}
}  // namespace internal

}  // namespace epi

// Value of a Result (nothing for a Status), or return its error from the enclosing function.
// A GNU statement expression: gcc and clang both take it. The name is made unique so that one TRY may stand inside another.
#define EPI_TRY_JOIN_(a, b) a##b
#define EPI_TRY_NAME_(number) EPI_TRY_JOIN_(try_result_, number)
#define EPI_TRY_(expression, result)                                      \
  (__extension__({                                                        \
    auto result = (expression);                                           \
    if (!result.ok()) return ::epi::internal::MoveStatus(std::move(result)); \
    ::epi::internal::Unwrap(std::move(result));                           \
  }))
#define TRY(expression) EPI_TRY_(expression, EPI_TRY_NAME_(__COUNTER__))

#define RETURN_IF_ERROR(expression)                                       \
  do {                                                                    \
    ::epi::Status return_if_error_status = (expression);                  \
    if (!return_if_error_status.ok()) return return_if_error_status;      \
  } while (false)
