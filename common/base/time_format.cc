#include "common/base/time_format.h"

#include <cstdio>

#include "common/base/civil_time.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi {
namespace {

constexpr int kNanosecondDigits = 9;

// Reads fixed-width fields; once failed, stays failed.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }

  int Digits(size_t count, int min, int max) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') return Fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value < min || value > max ? Fail() : value;
  }
  void Expect(std::string_view any_of) {
    if (TakeAny(any_of) == 0) Fail();
  }
  // The next character if it is one of `any_of`, else 0.
  char TakeAny(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_[0]) == std::string_view::npos) return 0;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  // Digits after a decimal point, cut to milliseconds.
  int FractionMs() {
    int value = 0;
    int scale = 100;
    if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') return Fail();
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      value += (rest_[0] - '0') * scale;
      scale /= 10;
      rest_.remove_prefix(1);
    }
    return value;
  }

 private:
  int Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

int64_t OffsetSeconds(FieldReader* reader) {
  const char sign = reader->TakeAny("Zz+-");
  if (sign == 'Z' || sign == 'z') return 0;
  const int hours = reader->Digits(2, 0, 24);
  reader->Expect(":");
  const int minutes = reader->Digits(2, 0, 60);
  const int64_t offset = hours * 3600 + minutes * 60;
  return sign == '-' ? -offset : offset;
}

}  // namespace

Result<int64_t> ParseRfc3339Ms(std::string_view text) {
  FieldReader reader(text);
  CivilTime civil;
  civil.year = reader.Digits(4, 0, 9999);
  reader.Expect("-");
  civil.month = reader.Digits(2, 1, 12);
  reader.Expect("-");
  civil.day = reader.Digits(2, 1, 31);
  reader.Expect("Tt");
  civil.hour = reader.Digits(2, 0, 23);
  reader.Expect(":");
  civil.minute = reader.Digits(2, 0, 59);
  reader.Expect(":");
  civil.second = reader.Digits(2, 0, 59);
  const int fraction_ms = reader.TakeAny(".,") != 0 ? reader.FractionMs() : 0;
  const int64_t offset = OffsetSeconds(&reader);
  if (!reader.ok() || !reader.empty() || civil.day > DaysInMonth(civil.year, civil.month)) {
    return InvalidArgumentError(StrCat("cannot parse ", GoQuote(text.substr(0, 64)), " as an RFC 3339 time"));
  }
  return (ToUnixSeconds(civil) - offset) * 1000 + fraction_ms;
}

void AppendRfc3339Nano(std::string* out, int64_t unix_seconds, int nanoseconds) {
  const CivilTime civil = ToCivilTime(unix_seconds);
  char buffer[64];
  const int size = std::snprintf(buffer, sizeof(buffer), "%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(civil.year),
                                 civil.month, civil.day, civil.hour, civil.minute, civil.second);
  out->append(buffer, static_cast<size_t>(size));
  if (nanoseconds != 0) {
    char digits[kNanosecondDigits];
    for (int i = kNanosecondDigits - 1; i >= 0; --i) {
      digits[i] = static_cast<char>('0' + nanoseconds % 10);
      nanoseconds /= 10;
    }
    std::string_view fraction(digits, kNanosecondDigits);
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    StrAppend(out, ".", fraction);
  }
  out->push_back('Z');
}

std::string FormatRfc3339Ms(int64_t time_ms) {
  const int64_t seconds = time_ms / 1000 - static_cast<int64_t>(time_ms % 1000 < 0);
  std::string out;
  AppendRfc3339Nano(&out, seconds, static_cast<int>(time_ms - seconds * 1000) * 1000000);
  return out;
}

}  // namespace epi
