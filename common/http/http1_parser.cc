#include "common/http/http1_parser.h"

#include <algorithm>
#include <charconv>

#include "common/base/str_cat.h"
#include "common/http/header_text.h"

namespace epi::http {
namespace {

constexpr size_t kMethodBytesMax = 32;
constexpr size_t kChunkLineBytesMax = 256;

bool IsTargetText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
}

}  // namespace

Http1Parser::Event Http1Parser::Fail(int status, std::string text) {
  state_ = State::kFailed;
  error_status_ = status;
  error_text_ = std::move(text);
  return Event::kError;
}

void Http1Parser::StartNext() {
  state_ = State::kHeadLines;
  head_ = {};
  head_bytes_.clear();
  line_.clear();
  body_ = {};
  body_bytes_ = 0;
  trailer_bytes_ = 0;
  body_bytes_max_ = limits_.body_bytes_max;
}

Http1Parser::Event Http1Parser::Parse(std::string_view* input) {
  if (state_ == State::kDone) StartNext();
  for (;;) {
    const State before = state_;
    const Event event = Step(input);
    if (event != Event::kMore || (input->empty() && state_ == before)) return event;
  }
}

Http1Parser::Event Http1Parser::Step(std::string_view* input) {
  switch (state_) {
    case State::kHeadLines: return CollectHead(input);
    case State::kBodyStart: return StartBody();
    case State::kLength: return TakeBody(input, State::kDone);
    case State::kChunkSize: return ParseChunkSize(input);
    case State::kChunkData: return TakeBody(input, State::kChunkEnd);
    case State::kChunkEnd: return ParseChunkEnd(input);
    case State::kTrailers: return ParseTrailers(input);
    default: return Event::kError;
  }
}

Http1Parser::Event Http1Parser::CollectHead(std::string_view* input) {
  while (!input->empty()) {
    const size_t newline = input->find('\n');
    const size_t size = newline == std::string_view::npos ? input->size() : newline + 1;
    // One byte above the limit is enough to know.
    const size_t room = limits_.head_bytes_max + 1 - std::min(head_bytes_.size(), limits_.head_bytes_max);
    const size_t taken = std::min(size, room);
    const size_t before = head_bytes_.size();
    head_bytes_.append(input->substr(0, taken));
    input->remove_prefix(taken);
    if (CheckHeadSize() == Event::kError) return Event::kError;
    if (taken < size || newline == std::string_view::npos) continue;
    if (before + taken < 2 || head_bytes_[before + taken - 2] != '\r') return Fail(400, "line without CR");
    if (head_bytes_ == "\r\n") {
      head_bytes_.clear();  // RFC 9112 §2.2: an empty line before a request is skipped.
      continue;
    }
    if (head_bytes_.ends_with("\r\n\r\n")) return FinishHead();
  }
  return Event::kMore;
}

Http1Parser::Event Http1Parser::CheckHeadSize() {
  const size_t line_bytes_max = limits_.target_bytes_max + kMethodBytesMax + 16;
  if (head_bytes_.size() > line_bytes_max) {
    // A CR in the first place that is too far may still be the end of a line that just fits: wait for its LF, so that the
    // verdict does not depend on where the input was cut.
    const size_t end = head_bytes_.find("\r\n");
    const bool may_end_here = head_bytes_.size() == line_bytes_max + 1 && head_bytes_.back() == '\r';
    if (end == std::string::npos ? !may_end_here : end > line_bytes_max) return Fail(414, "request target is too long");
  }
  if (head_bytes_.size() > limits_.head_bytes_max) return Fail(431, "request header is too large");
  return Event::kMore;
}

Http1Parser::Event Http1Parser::FinishHead() {
  std::string_view rest = head_bytes_;
  bool first = true;
  while (rest != "\r\n") {
    const size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (!(first ? ParseRequestLine(line) : ParseHeaderLine(line))) return Event::kError;
    first = false;
  }
  if (!CheckHeaders() || !CheckFraming()) return Event::kError;
  CheckConnection();
  state_ = State::kBodyStart;
  return Event::kHead;
}

bool Http1Parser::ParseRequestLine(std::string_view line) {
  const auto bad = [this](int status, const char* text) {
    Fail(status, text);
    return false;
  };
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return bad(400, "malformed request line");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!IsToken(method) || method.size() > kMethodBytesMax) return bad(400, "malformed method");
  if (target.size() > limits_.target_bytes_max) return bad(414, "request target is too long");
  if (target.empty() || !IsTargetText(target)) return bad(400, "malformed request target");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.';
    return bad(other ? 505 : 400, other ? "unsupported protocol version" : "malformed protocol version");
  }
  head_.method = method;
  head_.target = target;
  head_.minor_version = version.back() - '0';
  return true;
}

bool Http1Parser::ParseHeaderLine(std::string_view line) {
  const auto bad = [this](int status, const char* text) {
    Fail(status, text);
    return false;
  };
  if (line.front() == ' ' || line.front() == '\t') return bad(400, "folded header line");
  if (head_.headers.size() == limits_.header_count_max) return bad(431, "too many header lines");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return bad(400, "malformed header name");
  const std::string_view value = TrimSpace(line.substr(colon + 1));
  if (!IsFieldValue(value)) return bad(400, "malformed header value");
  head_.headers.push_back({ToLower(line.substr(0, colon)), std::string(value)});
  return true;
}

bool Http1Parser::CheckHeaders() {
  const auto count = [this](std::string_view name) {
    return std::count_if(head_.headers.begin(), head_.headers.end(), [&](const HeaderField& f) { return f.name == name; });
  };
  const auto hosts = count("host");
  if (hosts > 1 || (hosts == 0 && head_.minor_version == 1)) {
    Fail(400, hosts > 1 ? "more than one Host header" : "missing Host header");
    return false;
  }
  if (count("content-length") > 1) {
    Fail(400, "more than one Content-Length header");
    return false;
  }
  if (count("transfer-encoding") > 1) {
    Fail(400, "more than one Transfer-Encoding header");
    return false;
  }
  const std::string_view expect = FieldValue(head_.headers, "expect");
  if (!expect.empty() && !EqualsIgnoreCase(expect, "100-continue")) {
    Fail(417, "unknown expectation");
    return false;
  }
  head_.expects_continue = !expect.empty() && head_.minor_version == 1;
  return true;
}

bool Http1Parser::CheckFraming() {
  const HeaderField* coding = FindField(head_.headers, "transfer-encoding");
  const HeaderField* length = FindField(head_.headers, "content-length");
  const auto bad = [this](int status, const char* text) {
    Fail(status, text);
    return false;
  };
  if (coding != nullptr) {
    if (length != nullptr) return bad(400, "both Content-Length and Transfer-Encoding");
    if (head_.minor_version == 0) return bad(400, "Transfer-Encoding in HTTP/1.0");
    if (!EqualsIgnoreCase(coding->value, "chunked")) return bad(501, "unsupported transfer coding");
    head_.chunked = true;
    return true;
  }
  if (length == nullptr) return true;
  const std::string_view digits = length->value;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), head_.content_length);
  if (digits.empty() || end != digits.data() + digits.size() || error == std::errc::invalid_argument) {
    return bad(400, "malformed Content-Length");
  }
  return error == std::errc() || bad(413, "request body is too large");
}

void Http1Parser::CheckConnection() {
  head_.keep_alive = head_.minor_version == 1;
  for (const HeaderField& field : head_.headers) {
    if (field.name != "connection") continue;
    if (ListContains(field.value, "close")) {
      head_.keep_alive = false;
      return;
    }
    if (ListContains(field.value, "keep-alive")) head_.keep_alive = true;
  }
}

Http1Parser::Event Http1Parser::StartBody() {
  if (head_.chunked) {
    state_ = State::kChunkSize;
    return Event::kMore;
  }
  if (head_.content_length > body_bytes_max_) {
    return Fail(413, StrCat("request body is too large: the limit is ", body_bytes_max_, " bytes"));
  }
  remaining_ = head_.content_length;
  state_ = remaining_ == 0 ? State::kDone : State::kLength;
  return remaining_ == 0 ? Event::kDone : Event::kMore;
}

Http1Parser::Event Http1Parser::TakeBody(std::string_view* input, State after) {
  if (remaining_ == 0) {
    state_ = after;
    return after == State::kDone ? Event::kDone : Event::kMore;
  }
  if (input->empty()) return Event::kMore;
  body_ = input->substr(0, remaining_);
  input->remove_prefix(body_.size());
  remaining_ -= body_.size();
  return Event::kBody;
}

Http1Parser::Event Http1Parser::CollectLine(std::string_view* input, size_t bytes_max) {
  while (!input->empty()) {
    const char c = input->front();
    input->remove_prefix(1);
    line_.push_back(c);
    if (c == '\n') {
      if (!line_.ends_with("\r\n")) return Fail(400, "line without CR");
      line_.resize(line_.size() - 2);
      return Event::kDone;
    }
    if (line_.size() > bytes_max) return Fail(400, "line of a chunk is too long");
  }
  return Event::kMore;
}

Http1Parser::Event Http1Parser::ParseChunkSize(std::string_view* input) {
  const Event event = CollectLine(input, kChunkLineBytesMax);
  if (event != Event::kDone) return event;
  const std::string_view size_text = std::string_view(line_).substr(0, line_.find(';'));
  uint64_t size = 0;
  const auto [end, error] = std::from_chars(size_text.data(), size_text.data() + size_text.size(), size, 16);
  const std::string_view after(end, static_cast<size_t>(size_text.data() + size_text.size() - end));
  // Chunk extensions are skipped; spaces only before them.
  const bool spaces_only = TrimSpace(after).empty() && (after.empty() || size_text.size() < line_.size());
  if (size_text.empty() || error == std::errc::invalid_argument || !spaces_only || !IsFieldValue(line_)) {
    return Fail(400, "malformed chunk size");
  }
  if (error != std::errc() || size > body_bytes_max_ - std::min(body_bytes_max_, body_bytes_)) {
    return Fail(413, StrCat("request body is too large: the limit is ", body_bytes_max_, " bytes"));
  }
  line_.clear();
  body_bytes_ += size;
  remaining_ = size;
  state_ = size == 0 ? State::kTrailers : State::kChunkData;
  return Event::kMore;
}

Http1Parser::Event Http1Parser::ParseChunkEnd(std::string_view* input) {
  const Event event = CollectLine(input, 2);
  if (event != Event::kDone) return event;
  if (!line_.empty()) return Fail(400, "chunk does not end where it should");
  state_ = State::kChunkSize;
  return Event::kMore;
}

// Trailers are checked for size and dropped: nothing we serve needs them.
Http1Parser::Event Http1Parser::ParseTrailers(std::string_view* input) {
  const Event event = CollectLine(input, limits_.head_bytes_max);
  if (event != Event::kDone) return event;
  trailer_bytes_ += line_.size() + 2;
  if (trailer_bytes_ > limits_.head_bytes_max) return Fail(431, "trailers are too large");
  if (line_.empty()) {
    state_ = State::kDone;
    return Event::kDone;
  }
  const size_t colon = line_.find(':');
  const bool named = colon != std::string::npos && IsToken(std::string_view(line_).substr(0, colon));
  if (!named || !IsFieldValue(line_)) return Fail(400, "malformed trailer");
  line_.clear();
  return Event::kMore;
}

}  // namespace epi::http
