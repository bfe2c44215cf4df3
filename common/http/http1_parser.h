// A strict, incremental parser of HTTP/1.x requests, without I/O.
//
//   request line CRLF, header lines CRLF, empty line, then nothing | Content-Length bytes | chunks
//
// 1. Head bytes are collected up to the empty line; a bare LF and every limit are noticed as they arrive.
// 2. The head is parsed as a whole; its owner may set a body limit by route.
// 3. Body bytes are handed out as views into the input.
//
// Contract: Parse() consumes from the front of `*input` and returns at the first event; call it until kMore (which means
//           that all input is taken) or kError. After kDone the next call begins the next request (pipelining).
//           What the rules of smuggling are made of is refused: Content-Length beside Transfer-Encoding, two lengths,
//           folded lines, spaces before a colon, bare LF, codings other than chunked, two Hosts.
// Threads:  none; one connection's own.
// Errors:   kError with error_status() to answer (400, 413, 414, 417, 431, 501, 505) and error_text(); it is final.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/http/header_field.h"
#include "common/http/limits.h"

namespace epi::http {

struct Http1Head {
  std::string method;
  std::string target;  // as sent
  int minor_version = 1;
  HeaderFields headers;  // lower-case names
  bool keep_alive = true;
  bool expects_continue = false;
  bool chunked = false;
  uint64_t content_length = 0;
  bool has_body() const { return chunked || content_length > 0; }
};

class Http1Parser {
 public:
  struct Limits {
    size_t target_bytes_max = kTargetBytesMax;
    size_t head_bytes_max = kHeadBytesMax;
    size_t header_count_max = kHeaderCountMax;
    uint64_t body_bytes_max = kBodyBytesMax;
  };
  enum class Event { kMore, kHead, kBody, kDone, kError };

  explicit Http1Parser(const Limits& limits) : limits_(limits), body_bytes_max_(limits.body_bytes_max) {}

  Event Parse(std::string_view* input);

  // From kHead to the Parse() after kDone. The owner may move parts out.
  Http1Head& head() { return head_; }
  // Valid right after kBody, as long as the input.
  std::string_view body() const { return body_; }
  // After kHead and before the next Parse(). A larger declared or chunked body is error 413.
  void set_body_bytes_max(uint64_t bytes) { body_bytes_max_ = bytes; }

  int error_status() const { return error_status_; }
  const std::string& error_text() const { return error_text_; }
  // True between two requests: nothing of the next one has come.
  bool idle() const { return state_ == State::kDone || (state_ == State::kHeadLines && head_bytes_.empty()); }
  bool failed() const { return state_ == State::kFailed; }

 private:
  enum class State { kHeadLines, kBodyStart, kLength, kChunkSize, kChunkData, kChunkEnd, kTrailers, kDone, kFailed };

  // One state's work; kMore without progress means that input is missing.
  Event Step(std::string_view* input);
  Event Fail(int status, std::string text);
  void StartNext();
  Event CollectHead(std::string_view* input);
  Event CheckHeadSize();
  Event FinishHead();
  bool ParseRequestLine(std::string_view line);
  bool ParseHeaderLine(std::string_view line);
  bool CheckHeaders();
  bool CheckFraming();
  void CheckConnection();
  Event StartBody();
  Event TakeBody(std::string_view* input, State after);
  Event ParseChunkSize(std::string_view* input);
  Event ParseChunkEnd(std::string_view* input);
  Event ParseTrailers(std::string_view* input);
  // Collects one line without its CRLF into line_; kDone when it is whole.
  Event CollectLine(std::string_view* input, size_t bytes_max);

  const Limits limits_;
  State state_ = State::kHeadLines;
  std::string head_bytes_;
  std::string line_;
  Http1Head head_;
  std::string_view body_;
  uint64_t body_bytes_max_;
  uint64_t body_bytes_ = 0;  // of a chunked body so far
  uint64_t remaining_ = 0;   // of the body or the chunk
  size_t trailer_bytes_ = 0;
  int error_status_ = 0;
  std::string error_text_;
};

}  // namespace epi::http
