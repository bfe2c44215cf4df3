// Doubles and timestamps as text, byte for byte as Go and Prometheus print them. All forms are the shortest that read back
// as the same double.
//
//   value      F                        G          E          SampleValue   Json
//   0.0000001  0.0000001                1e-07      1e-07      1e-07         1e-7
//   1000000    1000000                  1e+06      1e+06      1000000       1000000
//   1e21       1000000000000000000000   1e+21      1e+21      1e+21         1e+21
//   ±Inf, NaN  +Inf -Inf NaN, everywhere (JSON has none: callers refuse them)
//
// The Write forms put at most the given number of bytes into `buffer`, without a terminator, and return the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace epi {

// Longest outputs, in bytes.
inline constexpr size_t kFloatFBytesMax = 344;
inline constexpr size_t kFloatBytesMax = 32;
inline constexpr size_t kTimestampBytesMax = 24;

// strconv.FormatFloat(value, 'f', -1, 64): never an exponent. Labels of count_values, scalar results.
char* WriteFloatF(char* buffer, double value);
// 'g': an exponent below 1e-4 and from 1e6. Go's %g and %v.
char* WriteFloatG(char* buffer, double value);
// 'e': always an exponent of at least two digits.
char* WriteFloatE(char* buffer, double value);
// Prometheus' HTTP API values, without quotes: E for 0 < |value| < 1e-6 and |value| >= 1e21, else F.
char* WriteSampleValue(char* buffer, double value);
// encoding/json's numbers: as WriteSampleValue with exponents like e-7. REQUIRES: finite.
char* WriteJsonFloat(char* buffer, double value);
// Prometheus' HTTP API timestamps: seconds, and three decimals unless they are zero. -1.500, 1700000000, 0.001.
char* WriteTimestampMs(char* buffer, int64_t time_ms);

void AppendFloatF(std::string* out, double value);
void AppendFloatG(std::string* out, double value);
void AppendFloatE(std::string* out, double value);
void AppendSampleValue(std::string* out, double value);
void AppendJsonFloat(std::string* out, double value);
void AppendTimestampMs(std::string* out, int64_t time_ms);
std::string FormatFloatF(double value);
std::string FormatFloatG(double value);

}  // namespace epi
