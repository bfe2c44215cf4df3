// blockgen: writes artificial blocks. See README.md beside this file.
#include <cmath>
#include <cstdio>

#include "common/base/clock.h"
#include "common/base/str_cat.h"
#include "common/config/flags.h"
#include "tests/support/blockgen/generate.h"

namespace epi::blockgen {
namespace {

constexpr double kHourMs = 3'600'000;

struct Flags {
  std::string series = "mix";
  double scale = 1;
  double hours = 2;
  double block_hours = 2;
  std::vector<std::string> external_labels;
  std::string replica_label = "replica";
  GenerateOptions options;
  TimeOrOffset start = TimeOrOffset::At(options.start_ms);
};

void AddFlags(config::Command* root, Flags* flags) {
  FleetOptions* fleet = &flags->options.fleet;
  root->Add("out", "Folder that gets the blocks.", &flags->options.directory).Required();
  root->Add("series", "Shape of the fleet: mix (2000 targets of 50 series) or store (500 targets of 81).", &flags->series);
  root->Add("scale", "Multiplies the number of targets.", &flags->scale);
  root->Add("hours", "How long the samples last.", &flags->hours);
  root->Add("block-hours", "How long a block lasts.", &flags->block_hours);
  root->Add("start", "Begin of the first block. An offset from now is rounded down to a block's begin.", &flags->start);
  root->Add("seed", "Other seeds give other values, phases and ULIDs.", &flags->options.seed);
  root->Add("cluster", "Value of the label cluster of all series.", &fleet->cluster);
  root->Add("native", "One native histogram per target, too.", &fleet->native);
  root->Add("replicas", "Servers that scrape the fleet, each in its own phase.", &fleet->replicas);
  root->Add("replica-label", "Label that tells them apart.", &flags->replica_label);
  root->Add("replica-blocks", "Their label is external, and each has its own blocks.", &flags->options.replica_blocks);
  root->Add("external-label", "name=value for the Thanos section of meta.json. Repeatable.", &flags->external_labels);
}

Status Complete(Flags* flags) {
  GenerateOptions* options = &flags->options;
  options->fleet.shape = TRY(Shape::Named(flags->series)).Scaled(flags->scale);
  options->duration_ms = std::llround(flags->hours * kHourMs);
  options->block_ms = std::llround(flags->block_hours * kHourMs);
  if (options->block_ms <= 0) return InvalidArgumentError("a block lasts longer than nothing");
  if (options->fleet.replicas > 1 || options->replica_blocks) options->fleet.replica_label = flags->replica_label;
  options->start_ms = flags->start.Resolve(Clock::System().NowMs());
  if (flags->start.relative()) options->start_ms -= options->start_ms % options->block_ms;
  for (const std::string& label : flags->external_labels) {
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) return InvalidArgumentError(StrCat("no name=value: ", label));
    options->external_labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return OkStatus();
}

void Print(const GeneratedBlock& block) {
  const double samples = static_cast<double>(block.meta.stats.samples);
  std::printf("%s series=%llu samples=%llu chunks=%llu chunk_bytes=%llu index_bytes=%llu bytes/sample=%.2f\n", block.path.c_str(),
              static_cast<unsigned long long>(block.meta.stats.series), static_cast<unsigned long long>(block.meta.stats.samples),
              static_cast<unsigned long long>(block.meta.stats.chunks), static_cast<unsigned long long>(block.chunk_bytes),
              static_cast<unsigned long long>(block.index_bytes), static_cast<double>(block.chunk_bytes) / samples);
}

Status Main(const std::vector<std::string>& args) {
  Flags flags;
  config::Command root("blockgen", "Writes artificial blocks, the same for the same flags.");
  AddFlags(&root, &flags);
  const config::ParsedCommandLine parsed = TRY(config::ParseCommandLine(&root, args, "blockgen"));
  if (parsed.print) {
    std::fputs(parsed.print->c_str(), stdout);
    return OkStatus();
  }
  RETURN_IF_ERROR(Complete(&flags));
  for (const GeneratedBlock& block : TRY(Generate(Context::Background(), flags.options))) Print(block);
  return OkStatus();
}

}  // namespace
}  // namespace epi::blockgen

int main(int argc, char** argv) {
  const epi::Status status = epi::blockgen::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::fprintf(stderr, "blockgen: %s\n", status.ToString().c_str());
  return 1;
}
