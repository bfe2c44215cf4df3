#include "common/labels/anchored_regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/labels/regex_syntax.h"

namespace epi::labels {
namespace {

// Enough for nearly all patterns; the larger one is only for huge case-insensitive alternations.
constexpr int64_t kUsualProgramBytesMax = 8 << 20;
constexpr int kGroupsMax = 1000;

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options MakeOptions(int64_t program_bytes_max) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(program_bytes_max);
  return options;
}

// One $… of a replacement.
struct Reference {
  std::string_view name;
  // Bytes of the replacement it takes, with the dollar sign.
  size_t size = 0;
};

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// REQUIRES: text starts with '$'. nullopt when no name follows; then the dollar sign stands for itself.
std::optional<Reference> ParseReference(std::string_view text) {
  const bool braced = text.size() > 1 && text[1] == '{';
  const size_t start = braced ? 2 : 1;
  size_t end = start;
  while (end < text.size() && IsWord(text[end])) ++end;
  if (end == start) return std::nullopt;
  const std::string_view name = text.substr(start, end - start);
  if (!braced) return Reference{name, end};
  if (end == text.size() || text[end] != '}') return std::nullopt;
  return Reference{name, end + 1};
}

// Number of a group written in decimal without leading zeros; -1 for anything else.
int GroupNumber(std::string_view name) {
  if (name.size() > 8 || (name.size() > 1 && name[0] == '0')) return -1;
  int number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

// The reason in Go's words: users know them from Prometheus.
std::string GoReason(const RE2& regex) {
  const auto quoted = [&](std::string_view what) { return StrCat("error parsing regexp: ", what, ": `", regex.error_arg(), "`"); };
  switch (regex.error_code()) {
    case RE2::ErrorBadEscape: return quoted("invalid escape sequence");
    case RE2::ErrorBadCharClass:
    case RE2::ErrorBadCharRange: return quoted("invalid character class range");
    case RE2::ErrorMissingBracket: return quoted("missing closing ]");
    case RE2::ErrorMissingParen: return quoted("missing closing )");
    case RE2::ErrorUnexpectedParen: return quoted("unexpected )");
    case RE2::ErrorTrailingBackslash: return "error parsing regexp: trailing backslash at end of expression: ``";
    case RE2::ErrorRepeatArgument: return quoted("missing argument to repetition operator");
    case RE2::ErrorRepeatSize: return quoted("invalid repeat count");
    case RE2::ErrorRepeatOp: return quoted("invalid nested repetition operator");
    case RE2::ErrorBadPerlOp: return quoted("invalid or unsupported Perl syntax");
    case RE2::ErrorBadNamedCapture: return quoted("invalid named capture");
    default: return StrCat("error parsing regexp: ", regex.error());
  }
}

}  // namespace

struct AnchoredRegex::Compiled {
  Compiled(std::string_view pattern, int64_t program_bytes_max) : regex(Piece(pattern), MakeOptions(program_bytes_max)) {}
  RE2 regex;

  std::string_view Group(std::string_view name, const std::vector<re2::StringPiece>& groups) const {
    int number = GroupNumber(name);
    if (number < 0) {
      const auto found = regex.NamedCapturingGroups().find(std::string(name));
      if (found == regex.NamedCapturingGroups().end()) return {};
      number = found->second;
    }
    const auto index = static_cast<size_t>(number);
    if (index >= groups.size() || groups[index].data() == nullptr) return {};
    return {groups[index].data(), groups[index].size()};
  }

  // Appends `replacement` with its references replaced.
  void Substitute(std::string_view replacement, const std::vector<re2::StringPiece>& groups, std::string* out) const {
    while (!replacement.empty()) {
      const size_t dollar = std::min(replacement.find('$'), replacement.size());
      out->append(replacement.substr(0, dollar));
      replacement.remove_prefix(dollar);
      if (replacement.empty()) break;
      const std::optional<Reference> reference = ParseReference(replacement);
      if (reference.has_value()) {
        out->append(Group(reference->name, groups));
        replacement.remove_prefix(reference->size);
      } else {
        out->push_back('$');
        replacement.remove_prefix(replacement.starts_with("$$") ? 2 : 1);
      }
    }
  }
};

AnchoredRegex::AnchoredRegex(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
AnchoredRegex::AnchoredRegex(AnchoredRegex&&) noexcept = default;
AnchoredRegex& AnchoredRegex::operator=(AnchoredRegex&&) noexcept = default;
AnchoredRegex::~AnchoredRegex() = default;

Result<AnchoredRegex> AnchoredRegex::Make(std::string_view pattern) {
  const std::string translated = TRY(TranslateGoSyntax(pattern));
  auto compiled = std::make_unique<const Compiled>(translated, kUsualProgramBytesMax);
  if (compiled->regex.error_code() == RE2::ErrorPatternTooLarge) {
    compiled = std::make_unique<const Compiled>(translated, static_cast<int64_t>(kProgramBytesMax));
  }
  if (!compiled->regex.ok()) {
    return InvalidArgumentError(GoReason(compiled->regex));
  }
  if (compiled->regex.NumberOfCapturingGroups() > kGroupsMax) {
    return InvalidArgumentError(StrCat("regular expression has more than ", kGroupsMax, " groups"));
  }
  return AnchoredRegex(std::move(compiled));
}

bool AnchoredRegex::Matches(std::string_view text) const {
  if (!IsValidUtf8(text)) return RE2::FullMatch(ToValidUtf8(text), compiled_->regex);
  return RE2::FullMatch(Piece(text), compiled_->regex);
}

bool AnchoredRegex::Expand(std::string_view text, std::string_view replacement, std::string* out) const {
  std::string valid;
  if (!IsValidUtf8(text)) {
    valid = ToValidUtf8(text);
    text = valid;
  }
  std::vector<re2::StringPiece> groups(static_cast<size_t>(compiled_->regex.NumberOfCapturingGroups()) + 1);
  if (!compiled_->regex.Match(Piece(text), 0, text.size(), RE2::ANCHOR_BOTH, groups.data(), static_cast<int>(groups.size()))) {
    return false;
  }
  compiled_->Substitute(replacement, groups, out);
  return true;
}

bool AnchoredRegex::FoundIn(std::string_view text) const {
  return RE2::PartialMatch(IsValidUtf8(text) ? std::string(text) : ToValidUtf8(text), compiled_->regex);
}

// An empty match right after another match does not count, as in Go.
std::string AnchoredRegex::ReplaceAll(std::string_view text, std::string_view replacement) const {
  const std::string valid = ToValidUtf8(text);
  std::vector<re2::StringPiece> groups(static_cast<size_t>(compiled_->regex.NumberOfCapturingGroups()) + 1);
  std::string out;
  size_t copied = 0;
  size_t search = 0;
  size_t last_end = std::string::npos;
  while (search <= valid.size() && compiled_->regex.Match(valid, search, valid.size(), RE2::UNANCHORED, groups.data(),
                                                          static_cast<int>(groups.size()))) {
    const auto start = static_cast<size_t>(groups[0].data() - valid.data());
    const size_t end = start + groups[0].size();
    if (end > start || start != last_end) {
      out.append(valid, copied, start - copied);
      compiled_->Substitute(replacement, groups, &out);
      copied = end;
      last_end = end;
    }
    search = end > search ? end : end + std::max<size_t>(1, DecodeRune(std::string_view(valid).substr(end)).size);
  }
  return out.append(valid, copied);
}

}  // namespace epi::labels
