// Any bytes as YAML, and as relabel rules and an HTTP client configuration.
#include <cstdint>
#include <string_view>

#include "common/config/http_config.h"
#include "common/config/relabel_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi;          // NOLINT
  using namespace epi::config;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT
  const Result<YamlNode> root = YamlNode::Parse(text, "f");
  if (!root.ok()) return 0;
  const labels::Labels labels{{"__name__", "up"}, {"job", "api"}, {"replica", "0"}};
  if (const auto rules = ParseRelabelConfig(text, "f"); rules.ok()) labels::Relabel(labels, *rules);
  HttpClientConfig client;
  (void)DecodeYaml(*root, &client).ok();
  WebConfig web;
  (void)DecodeYaml(*root, &web).ok();
  return 0;
}
