// The parameters of one request: URL and form body merged, body first.
#pragma once

#include <string_view>

#include "common/http/form.h"

namespace epi::api {

using RequestParams = http::Form;

// Given and not empty: to Prometheus an empty parameter is one that is missing.
inline bool Given(const RequestParams& params, std::string_view name) { return !params.Get(name).empty(); }

}  // namespace epi::api
