// epimetheus: the one name in an image or a script. Takes a Thanos subcommand first and becomes the program that serves it.
//
//   epimetheus sidecar …   →  epimetheus-agent sidecar …
//   epimetheus query …     →  epimetheus-hub query …
//
// The programs are looked for beside this one, then on PATH. Arguments pass through untouched.

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace {

struct Subcommand {
  std::string_view word;
  // Null while the feature is still to come.
  const char* program;
  std::string_view help;
};

constexpr std::array<Subcommand, 9> kSubcommands = {{
    {"sidecar", "epimetheus-agent", "Runs beside one Prometheus server and serves its data over gRPC."},
    {"store", nullptr, "Serves the blocks of a bucket. Not available yet."},
    {"receive", nullptr, "Takes remote write. Not available yet."},
    {"query", "epimetheus-hub", "One PromQL API over the data of many endpoints."},
    {"compact", nullptr, "Compacts a bucket's blocks. Not available yet."},
    {"rule", nullptr, "Evaluates rules over many endpoints. Not available yet."},
    {"query-frontend", nullptr, "Splits and caches queries before a hub. Not available yet."},
    {"tools", "epimetheus-hub", "Tools for blocks, rules and expressions."},
    {"promql", "epimetheus-hub", "Runs an expression against a directory of blocks."},
}};

void PrintHelp() {
  std::puts("usage: epimetheus <command> [<flags>]\n\nHindsight for Prometheus. Commands:\n");
  for (const Subcommand& subcommand : kSubcommands) {
    std::printf("  %-15.*s %.*s\n", static_cast<int>(subcommand.word.size()), subcommand.word.data(),
                static_cast<int>(subcommand.help.size()), subcommand.help.data());
  }
  std::puts("\n`epimetheus <command> --help` lists the command's flags.");
}

// Directory of the running executable with a trailing slash; empty when the kernel does not tell.
std::string OwnDirectory() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return {};
  path.resize(static_cast<size_t>(size));
  return path.substr(0, path.rfind('/') + 1);
}

// Becomes `program`; returns only when that failed.
int Become(const char* program, char** argv) {
  const std::string beside = OwnDirectory() + program;
  execv(beside.c_str(), argv);
  const int beside_error = errno;
  execvp(program, argv);
  std::fprintf(stderr, "epimetheus: cannot run %s: %s; nor is %s on PATH\n", beside.c_str(), std::strerror(beside_error),
               program);
  return 127;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "--help";
  if (word == "--help" || word == "-h" || word == "help") {
    PrintHelp();
    return 0;
  }
  if (word == "--version") return Become("epimetheus-hub", argv);
  for (const Subcommand& subcommand : kSubcommands) {
    if (word != subcommand.word) continue;
    if (subcommand.program != nullptr) return Become(subcommand.program, argv);
    std::fprintf(stderr, "epimetheus: error: %s is not available yet\n", argv[1]);
    return 1;
  }
  std::fprintf(stderr, "epimetheus: error: expected command but got \"%s\", try --help\n", argv[1]);
  return 1;
}
