#include "agent/sidecar/read_request.h"

#include <snappy.h>

#include "common/base/bytes.h"

namespace epi::agent {
namespace {

constexpr uint64_t kSamples = 0;
constexpr uint64_t kStreamedXorChunks = 1;

void AppendInt(std::string* out, uint32_t field, uint64_t value) {
  ByteWriter writer(out);
  writer.Uvarint(field << 3);
  writer.Uvarint(value);
}

void AppendBytes(std::string* out, uint32_t field, std::string_view bytes) {
  ByteWriter writer(out);
  writer.Uvarint(field << 3 | 2);
  writer.UvarintBytes(bytes);
}

std::string EncodeMatcher(const labels::Matcher& matcher) {
  std::string out;
  AppendInt(&out, 1, static_cast<uint64_t>(matcher.type()));
  AppendBytes(&out, 2, matcher.name());
  AppendBytes(&out, 3, matcher.value());
  return out;
}

std::string EncodeHints(const ReadQuery& query) {
  std::string out;
  AppendInt(&out, 1, static_cast<uint64_t>(query.step_ms));
  AppendBytes(&out, 2, query.func);
  AppendInt(&out, 3, static_cast<uint64_t>(query.mint_ms));
  AppendInt(&out, 4, static_cast<uint64_t>(query.maxt_ms));
  AppendInt(&out, 7, static_cast<uint64_t>(query.range_ms));
  return out;
}

}  // namespace

static_assert(static_cast<int>(labels::MatchType::kEqual) == 0 && static_cast<int>(labels::MatchType::kNotEqual) == 1 &&
              static_cast<int>(labels::MatchType::kRegex) == 2 && static_cast<int>(labels::MatchType::kNotRegex) == 3);

std::string EncodeReadRequest(const ReadQuery& query) {
  std::string body;
  AppendInt(&body, 1, static_cast<uint64_t>(query.mint_ms));
  AppendInt(&body, 2, static_cast<uint64_t>(query.maxt_ms));
  for (const labels::Matcher& matcher : query.matchers) AppendBytes(&body, 3, EncodeMatcher(matcher));
  AppendBytes(&body, 4, EncodeHints(query));
  std::string request;
  AppendBytes(&request, 1, body);
  // The first that the server knows is taken.
  AppendInt(&request, 2, kStreamedXorChunks);
  AppendInt(&request, 2, kSamples);
  return request;
}

std::string CompressReadRequest(const ReadQuery& query) {
  const std::string plain = EncodeReadRequest(query);
  std::string compressed;
  snappy::Compress(plain.data(), plain.size(), &compressed);
  return compressed;
}

}  // namespace epi::agent
