#include "common/config/flags.h"

#include <cstdlib>

#include "common/base/file.h"
#include "common/config/flags_text.h"
#include "common/config/log_flags.h"
#include "common/config/path_or_content.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::config {
namespace {

// A command line like Thanos' own.
struct Program {
  Command root{"epi", "A program."};
  LogFlags log;
  std::string http_address = "0.0.0.0:10902";
  std::vector<std::string> endpoints;
  std::vector<std::string> replica_labels = {"replica"};
  std::chrono::milliseconds timeout{120000};
  ByteSize cache{250 << 20};
  TimeOrOffset min_time = TimeOrOffset::At(0);
  std::optional<std::chrono::milliseconds> retention;
  bool dedup = true;
  int concurrency = 20;
  double ratio = 0.5;
  std::string engine = "prometheus";
  PathOrContent objstore;
  std::string block;
  std::vector<std::string> rule_files;
  Command* query = nullptr;
  Command* sidecar = nullptr;
  Command* verify = nullptr;

  Program() {
    log.Register(&root);
    query = root.AddCommand("query", "Query node.");
    query->Group("HTTP");
    query->Add("http-address", "Listen host:port for HTTP endpoints.", &http_address);
    query->Group("Query");
    query->Add("endpoint", "Addresses of store APIs.", &endpoints).Alias("store").Short('e');
    query->Add("query.replica-label", "Labels to treat as a replica indicator | repeated.", &replica_labels);
    query->Add("query.timeout", "Maximum time to process a query.", &timeout);
    query->Add("index-cache-size", "Maximum size.", &cache);
    query->Add("min-time", "Start of time range limit.", &min_time);
    query->Add("retention", "Retention.", &retention);
    query->Add("query.dedup", "Deduplicate.", &dedup).Short('d');
    query->Add("query.max-concurrent", "Maximum number of queries.", &concurrency);
    query->Add("ratio", "Ratio.", &ratio).Deprecated("it is measured now");
    query->Add("query.engine", "Engine.", &engine).Choices({"prometheus", "thanos"});
    query->Refuse("query.mode", "distributed execution does not exist yet");
    query->AddWithoutEffect("enable-auto-gomemlimit", "there is no Go runtime here", Command::Takes::kNothing);
    objstore.Register(query, "objstore.config", "object store configuration");
    sidecar = root.AddCommand("sidecar", "Sidecar.");
    sidecar->Add("tsdb.path", "Data directory.", &block);
    Command* tools = root.AddCommand("tools", "Tools.");
    Command* bucket = tools->AddCommand("bucket", "Bucket tools.");
    verify = bucket->AddCommand("verify", "Verify a block.");
    verify->AddArgument("block", "ULID of the block.", &block);
    verify->AddArgument("rules", "Rule files.", &rule_files);
  }
  Result<ParsedCommandLine> Parse(std::vector<std::string> args) { return ParseCommandLine(&root, args, "epi, version 1.0"); }
  std::string Error(std::vector<std::string> args) { return std::string(Parse(std::move(args)).status().message()); }
};

TEST_CASE("flags take values with an equals sign and without, in any order with the command") {
  Program program;
  const auto parsed = program.Parse({"--log.level=debug", "query", "--http-address", "[::1]:1", "--endpoint=a:1", "--endpoint", "b:1",
                                     "-ec:1", "--query.timeout=1h30m", "--index-cache-size=2GB", "--min-time", "-6h",
                                     "--retention=1.5h", "--no-query.dedup", "--query.max-concurrent=7", "--log.format", "json"});
  REQUIRE(parsed.ok());
  CHECK(parsed->command == program.query);
  CHECK(parsed->warnings.empty());
  CHECK(program.http_address == "[::1]:1");
  CHECK(program.endpoints == std::vector<std::string>{"a:1", "b:1", "c:1"});
  CHECK(program.timeout == std::chrono::minutes(90));
  CHECK(program.cache.bytes == uint64_t{2} << 30);
  CHECK(program.min_time == TimeOrOffset::FromNow(-std::chrono::hours(6)));
  CHECK(program.retention == std::chrono::minutes(90));
  CHECK_FALSE(program.dedup);
  CHECK(program.concurrency == 7);
  CHECK(program.log.level == "debug");
  CHECK(program.log.format == "json");
}

TEST_CASE("what is given replaces a list's default, an empty value is a value, and -d is a boolean") {
  Program program;
  program.dedup = false;
  REQUIRE(program.Parse({"query", "--query.replica-label=a", "--query.replica-label=b", "--http-address=", "-d"}).ok());
  CHECK(program.replica_labels == std::vector<std::string>{"a", "b"});
  CHECK(program.http_address.empty());
  CHECK(program.dedup);
}

TEST_CASE("an old spelling works and warns once, as do deprecated flags and flags without effect") {
  Program program;
  const auto parsed =
      program.Parse({"query", "--store=a", "--store", "b", "--ratio=0.25", "--enable-auto-gomemlimit", "--endpoint=c"});
  REQUIRE(parsed.ok());
  CHECK(program.endpoints == std::vector<std::string>{"a", "b", "c"});
  CHECK(parsed->warnings == std::vector<std::string>{"flag --store is deprecated, use --endpoint",
                                                     "flag --ratio is deprecated: it is measured now",
                                                     "flag --enable-auto-gomemlimit has no effect: there is no Go runtime here"});
}

TEST_CASE("errors name the flag, what would be right, and what may have been meant") {
  CHECK(Program().Error({"query", "--endpont=a"}) == "unknown long flag '--endpont', did you mean \"--endpoint\"?");
  CHECK(Program().Error({"query", "--zzz"}) == "unknown long flag '--zzz'");
  CHECK(Program().Error({"--http-address=x", "query"}) == "unknown long flag '--http-address'");
  CHECK(Program().Error({"query", "-x"}) == "unknown short flag '-x'");
  CHECK(Program().Error({"query", "--http-address"}) == "expected argument for flag --http-address");
  CHECK(Program().Error({"query", "--http-address", "--endpoint=a"}) == "expected argument for flag --http-address");
  CHECK(Program().Error({"query", "--http-address=a", "--http-address=b"}) == "flag --http-address cannot be repeated");
  CHECK(Program().Error({"query", "--query.timeout=5 minutes"}) ==
        "flag --query.timeout: not a valid duration string: \"5 minutes\"");
  CHECK(Program().Error({"query", "--index-cache-size=-1"}) ==
        "flag --index-cache-size: not a size in bytes: \"-1\" (as in 512MB or 2GiB)");
  CHECK(Program().Error({"query", "--query.max-concurrent=many"}) ==
        "flag --query.max-concurrent: expected a whole number, got \"many\"");
  CHECK(Program().Error({"query", "--query.dedup=yes"}) == "flag --query.dedup: expected true or false, got \"yes\"");
  CHECK(Program().Error({"query", "--query.engine=promethus"}) ==
        "flag --query.engine: must be one of prometheus, thanos, got \"promethus\", did you mean \"prometheus\"?");
  CHECK(Program().Error({"query", "--query.mode=distributed"}) ==
        "flag --query.mode is not available: distributed execution does not exist yet");
  CHECK(Program().Error({"qeury"}) == "expected command but got \"qeury\", did you mean \"query\"?");
  CHECK(Program().Error({"query", "extra"}) == "unexpected argument \"extra\"");
  CHECK(Program().Error({"tools", "bucket"}) == "expected a command: verify");
  CHECK(Program().Error({"tools", "bucket", "verify", "01ABC"}) == "required argument <rules> not provided");
}

TEST_CASE("arguments after a command are taken in order, and two dashes end the flags") {
  Program program;
  const auto parsed = program.Parse({"tools", "bucket", "verify", "01ABC", "a.yaml", "--", "--b.yaml"});
  REQUIRE(parsed.ok());
  CHECK(parsed->command->Path() == "epi tools bucket verify");
  CHECK(program.block == "01ABC");
  CHECK(program.rule_files == std::vector<std::string>{"a.yaml", "--b.yaml"});
}

TEST_CASE("a default command is meant when none is named, with its flags") {
  Program program;
  program.root.SetDefault(program.sidecar);
  CHECK(program.Parse({})->command == program.sidecar);
  Program other;
  other.root.SetDefault(other.sidecar);
  CHECK(other.Parse({"--log.level=warn", "--tsdb.path=/data"})->command == other.sidecar);
  CHECK(other.block == "/data");
  Program named;
  named.root.SetDefault(named.sidecar);
  CHECK(named.Parse({"query"})->command == named.query);
  Program wrong;
  wrong.root.SetDefault(wrong.sidecar);
  CHECK(wrong.Error({"--tsdb.pth=x"}) == "unknown long flag '--tsdb.pth', did you mean \"--tsdb.path\"?");
  CHECK(Program().Error({}) == "expected a command: query, sidecar, tools");
}

TEST_CASE("arguments are read from a file, one a line") {
  const TempDir dir;
  REQUIRE(WriteFileAtomically(dir.path() + "/args", "# comment\nquery\n\n--http-address=a b\r\n@" + dir.path() + "/more").ok());
  REQUIRE(WriteFileAtomically(dir.path() + "/more", "--endpoint=x\n").ok());
  Program program;
  REQUIRE(program.Parse({"@" + dir.path() + "/args", "--no-query.dedup"}).ok());
  CHECK(program.http_address == "a b");
  CHECK(program.endpoints == std::vector<std::string>{"x"});
  REQUIRE(WriteFileAtomically(dir.path() + "/loop", "@" + dir.path() + "/loop").ok());
  CHECK(Program().Error({"@" + dir.path() + "/loop"}).find("nested too deeply") != std::string::npos);
  CHECK(Program().Parse({"@" + dir.path() + "/absent"}).status().code() == StatusCode::kNotFound);
}

TEST_CASE("a configuration comes from a file or inline, not both") {
  const TempDir dir;
  REQUIRE(WriteFileAtomically(dir.path() + "/o.yaml", "type: S3").ok());
  Program file;
  REQUIRE(file.Parse({"query", "--objstore.config-file=" + dir.path() + "/o.yaml"}).ok());
  CHECK(*file.objstore.Read() == "type: S3");
  Program text;
  REQUIRE(text.Parse({"query", "--objstore.config=type: GCS"}).ok());
  CHECK(*text.objstore.Read() == "type: GCS");
  Program both;
  REQUIRE(both.Parse({"query", "--objstore.config=a", "--objstore.config-file=b"}).ok());
  CHECK(both.objstore.Read().status().message() == "flags --objstore.config and --objstore.config-file exclude each other");
  CHECK(Program().objstore.Read()->empty());
}

TEST_CASE("flag values are listed for the API with secrets masked") {
  Program program;
  REQUIRE(program.Parse({"query", "--objstore.config=secret_key: x", "--endpoint=a", "--endpoint=b"}).ok());
  std::string text;
  for (const auto& [name, value] : FlagValues(*program.query)) text += name + "=" + value + "\n";
  CHECK(text ==
        "debug.name=\nenable-auto-gomemlimit=\nendpoint=a, b\nhttp-address=0.0.0.0:10902\nindex-cache-size=250MiB\nlog.format=logfmt\n"
        "log.level=info\nmin-time=1970-01-01T00:00:00Z\nobjstore.config=<secret>\nobjstore.config-file=\nquery.dedup=true\n"
        "query.engine=prometheus\nquery.max-concurrent=20\nquery.mode=\nquery.replica-label=replica\nquery.timeout=2m\nratio=0.5\n"
        "retention=\n");
}

TEST_CASE("help groups flags, shows defaults and hides the hidden") {
  Program program;
  const std::string help = *program.Parse({"query", "--help"})->print;
  CHECK(help.starts_with("usage: epi query [<flags>]\n\nQuery node.\n\nHTTP:\n  --http-address=0.0.0.0:10902\n"));
  CHECK(help.find("  -e, --endpoint=<text> ...   Addresses of store APIs.\n") != std::string::npos);
  CHECK(help.find("  -d, --[no-]query.dedup      Deduplicate.\n") != std::string::npos);
  CHECK(help.find("\nFlags:\n  --log.level=info") != std::string::npos);
  CHECK(help.find("One of: prometheus, thanos.") != std::string::npos);
  CHECK(help.find("query.mode") == std::string::npos);
  CHECK(help.find("debug.name") == std::string::npos);
  CHECK(Program().Parse({"-h"})->print->find("\nCommands:\n  query                       Query node.\n") != std::string::npos);
  CHECK(Program().Parse({"help", "tools", "bucket"})->print->starts_with("usage: epi tools bucket <command>"));
  CHECK(*Program().Parse({"--version"})->print == "epi, version 1.0\n");
}

TEST_CASE("the documentation's table is made from the flags") {
  const std::string table = *Program().Parse({"query", "--help-markdown"})->print;
  CHECK(table.starts_with("## `epi query`\n\nQuery node.\n\n### HTTP\n\n| flag | default | meaning |\n|---|---|---|\n"
                          "| `--http-address` | `0.0.0.0:10902` | Listen host:port for HTTP endpoints. |\n"));
  CHECK(table.find("| `--query.replica-label` … | `replica` | Labels to treat as a replica indicator \\| repeated. |") !=
        std::string::npos);
}

TEST_CASE("bash completes commands, flags and choices with the generated script") {
  const TempDir dir;
  REQUIRE(WriteFileAtomically(dir.path() + "/c.sh", *Program().Parse({"--completion-script-bash"})->print).ok());
  const auto complete = [&dir](const std::string& words, int index) {
    const std::string script = ". " + dir.path() + "/c.sh; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(index) +
                               "; _epi_complete; echo ${COMPREPLY[*]}";
    REQUIRE(WriteFileAtomically(dir.path() + "/run.sh", script).ok());
    REQUIRE(std::system(("bash " + dir.path() + "/run.sh >" + dir.path() + "/out").c_str()) == 0);
    return *ReadFile(dir.path() + "/out");
  };
  CHECK(complete("epi t", 1) == "tools\n");
  CHECK(complete("epi tools bucket v", 3) == "verify\n");
  CHECK(complete("epi query --query.t", 2) == "--query.timeout\n");
  CHECK(complete("epi query --query.engine = pro", 4) == "prometheus\n");
  CHECK(complete("epi query --log.level w", 3) == "warn\n");
}

}  // namespace
}  // namespace epi::config
