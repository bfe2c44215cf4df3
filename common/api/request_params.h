// The parameters of one request: URL and form body merged, body first.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace epi::api {

class RequestParams {
 public:
  RequestParams() = default;
  explicit RequestParams(std::vector<std::pair<std::string, std::string>> pairs) : pairs_(std::move(pairs)) {}

  // First value of a name; empty when missing.
  const std::string& Get(std::string_view name) const {
    static const std::string kMissing;
    for (const auto& [key, value] : pairs_) {
      if (key == name) return value;
    }
    return kMissing;
  }
  // All values of a name, in order.
  std::vector<std::string> GetAll(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : pairs_) {
      if (key == name) values.push_back(value);
    }
    return values;
  }
  bool Has(std::string_view name) const { return !Get(name).empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace epi::api
