// Renders the fields of one log line as logfmt or JSON.
#pragma once

#include <string>
#include <string_view>

#include "common/log/logger.h"

namespace epi::log {

class LineWriter {
 public:
  // Appends to `out`. Without Begin() and End() it renders a list of fields for AddRendered().
  LineWriter(Format format, std::string* out) : format_(format), out_(out) {}

  void Begin();
  void Add(const Field& field);
  // Fields that another LineWriter of the same format rendered.
  void AddRendered(std::string_view fields);
  // Cuts what is too long and ends the line.
  void End();

 private:
  void Separate();
  void AddValue(const FieldValue& value);

  const Format format_;
  std::string* const out_;
};

}  // namespace epi::log
