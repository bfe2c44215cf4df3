#include "common/http/http1_encoder.h"

#include <charconv>
#include <ctime>

#include "common/base/str_cat.h"

namespace epi::http {
namespace {

void AppendClean(std::string_view text, std::string* out) {
  for (const char c : text) out->push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
}

void AppendFraming(const Http1ResponseHead& head, std::string* out) {
  if (head.framing == BodyFraming::kLength) StrAppend(out, "Content-Length: ", head.content_length, "\r\n");
  if (head.framing == BodyFraming::kChunked) out->append("Transfer-Encoding: chunked\r\n");
  if (!head.keep_alive) {
    out->append("Connection: close\r\n");
  } else if (head.minor_version == 0) {
    out->append("Connection: keep-alive\r\n");
  }
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Request Entity Too Large";
    case 414: return "Request URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Requested Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Entity";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

std::string HttpDate() {
  // Formatting costs more than the rest of a small answer, so each thread keeps the text of the current second.
  thread_local std::time_t cached_second = 0;
  thread_local std::string cached_text;
  const std::time_t now = std::time(nullptr);
  if (now == cached_second) return cached_text;
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  // The C locale is never changed, so names are English.
  const size_t size = std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  cached_second = now;
  cached_text.assign(text, size);
  return cached_text;
}

void AppendHttp1Head(const Http1ResponseHead& head, std::string* out) {
  StrAppend(out, "HTTP/1.1 ", head.status, " ", ReasonPhrase(head.status), "\r\n");
  for (const HeaderField& field : *head.headers) {
    AppendClean(field.name, out);
    out->append(": ");
    AppendClean(field.value, out);
    out->append("\r\n");
  }
  StrAppend(out, "Date: ", HttpDate(), "\r\n");
  AppendFraming(head, out);
  out->append("\r\n");
}

std::optional<int64_t> ParseHttpDateMs(std::string_view text) {
  std::tm utc{};
  const std::string terminated(text);
  const char* const end = strptime(terminated.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return static_cast<int64_t>(timegm(&utc)) * 1000;
}

void AppendChunk(std::string_view bytes, std::string* out) {
  if (bytes.empty()) return;
  char size[17];
  const auto end = std::to_chars(size, size + sizeof(size), bytes.size(), 16).ptr;
  out->append(size, static_cast<size_t>(end - size));
  out->append("\r\n");
  out->append(bytes);
  out->append("\r\n");
}

}  // namespace epi::http
