// MD5, for Prometheus' hashmod relabelling and as Content-MD5. Not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace epi {

std::array<uint8_t, 16> Md5(std::string_view bytes);

}  // namespace epi
