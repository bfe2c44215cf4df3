#include "agent/sidecar/reloader.h"

#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/base/file.h"
#include "common/base/mutex.h"
#include "tests/support/catch.h"

namespace epi::agent {
namespace {

namespace fs = std::filesystem;

class TempDir {
 public:
  TempDir() : path_((fs::temp_directory_path() / "reloader-XXXXXX").string()) { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~TempDir() { fs::remove_all(path_); }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

std::string Gzip(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Status Fine(std::string_view) { return OkStatus(); }

// Counts reloads and lets a test wait for one.
class Trigger {
 public:
  Status operator()() {
    MutexLock lock(&mutex_);
    ++count_;
    changed_.NotifyAll();
    return OkStatus();
  }
  bool WaitFor(int count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    MutexLock lock(&mutex_);
    while (count_ < count) {
      if (!changed_.WaitUntil(&mutex_, deadline) && std::chrono::steady_clock::now() >= deadline) return false;
    }
    return true;
  }
  int count() {
    MutexLock lock(&mutex_);
    return count_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ = 0;
};

// A reloader on a thread of its own, stopped with the scope.
class Running {
 public:
  explicit Running(ReloaderOptions options)
      : ctx_(Context::Background().WithCancel()),
        reloader_(std::move(options), log::Logger::Discard(), &registry_),
        thread_([this] { status_ = reloader_.Run(ctx_); }) {}
  ~Running() {
    ctx_.Cancel();
    thread_.join();
  }

 private:
  metrics::Registry registry_;
  const Context ctx_;
  Reloader reloader_;
  Status status_;
  std::thread thread_;
};

TEST_CASE("a gzip file with variables reaches the output unpacked and expanded") {
  const TempDir dir;
  REQUIRE(setenv("RELOADER_TEST_REPLICA", "r7", 1) == 0);
  REQUIRE(WriteFileAtomically(dir / "in.yml.gz", Gzip("replica: $(RELOADER_TEST_REPLICA)\n")).ok());
  const auto content = ApplyConfigFile({dir / "in.yml.gz", dir / "out.yml", Fine});
  REQUIRE(content.ok());
  CHECK(*content == "replica: r7\n");
  CHECK(*ReadFile(dir / "out.yml") == "replica: r7\n");
}

TEST_CASE("an unset variable or bad YAML names itself and leaves the last good output") {
  const TempDir dir;
  REQUIRE(WriteFileAtomically(dir / "out.yml", "good\n").ok());
  REQUIRE(WriteFileAtomically(dir / "in.yml", "x: $(RELOADER_TEST_NOT_SET)\n").ok());
  const auto unset = ApplyConfigFile({dir / "in.yml", dir / "out.yml", Fine});
  CHECK(unset.status().message().find("RELOADER_TEST_NOT_SET") != std::string_view::npos);
  CHECK(unset.status().code() == StatusCode::kFailedPrecondition);
  const auto bad = ApplyConfigFile({dir / "in.yml", "", [](std::string_view) { return InvalidArgumentError("line 3"); }});
  CHECK(bad.status().message().find("in.yml: line 3") != std::string_view::npos);
  CHECK(*ReadFile(dir / "out.yml") == "good\n");
}

TEST_CASE("damaged gzip data and a bomb are refused") {
  const std::string packed = Gzip(std::string(100'000, 'a'));
  CHECK(Gunzip(packed.substr(0, packed.size() / 2), 1 << 20).status().code() == StatusCode::kDataLoss);
  CHECK(Gunzip(packed, 1000).status().code() == StatusCode::kResourceExhausted);
  CHECK(*Gunzip("plain", 1000) == "plain");
}

TEST_CASE("a replaced file, an edited file and a swapped ConfigMap link each reload") {
  const TempDir dir;
  REQUIRE(MakeDirectories(dir / "..data_1").ok());
  REQUIRE(MakeDirectories(dir / "..data_2").ok());
  REQUIRE(WriteFileAtomically(dir / "..data_1/prometheus.yml", "a: 1\n").ok());
  REQUIRE(WriteFileAtomically(dir / "..data_2/prometheus.yml", "a: 2\n").ok());
  REQUIRE(symlink("..data_1", (dir / "..data").c_str()) == 0);
  REQUIRE(symlink("..data/prometheus.yml", (dir / "prometheus.yml").c_str()) == 0);
  auto trigger = std::make_shared<Trigger>();
  Running running({.config = {dir / "prometheus.yml", "", Fine}, .trigger = [trigger](const Context&) { return (*trigger)(); }});
  REQUIRE(trigger->WaitFor(1));
  REQUIRE(symlink("..data_2", (dir / "..data_tmp").c_str()) == 0);
  REQUIRE(rename((dir / "..data_tmp").c_str(), (dir / "..data").c_str()) == 0);
  REQUIRE(trigger->WaitFor(2));
  REQUIRE(unlink((dir / "prometheus.yml").c_str()) == 0);
  REQUIRE(WriteFileAtomically(dir / "prometheus.yml", "a: 3\n").ok());
  REQUIRE(trigger->WaitFor(3));
}

TEST_CASE("a rule file that comes, changes or goes reloads, and an unchanged tree does not") {
  const TempDir dir;
  REQUIRE(MakeDirectories(dir / "rules").ok());
  auto trigger = std::make_shared<Trigger>();
  Running running({.rule_dirs = {dir / "rules"},
                   .watch_interval = std::chrono::milliseconds(50),
                   .trigger = [trigger](const Context&) { return (*trigger)(); }});
  REQUIRE(trigger->WaitFor(1));
  REQUIRE(WriteFileAtomically(dir / "rules/a.yml", "groups: []\n").ok());
  REQUIRE(trigger->WaitFor(2));
  REQUIRE(fs::remove(dir / "rules/a.yml"));
  REQUIRE(trigger->WaitFor(3));
}

TEST_CASE("a reload that fails is tried again") {
  const TempDir dir;
  REQUIRE(WriteFileAtomically(dir / "prometheus.yml", "a: 1\n").ok());
  auto trigger = std::make_shared<Trigger>();
  Running running({.config = {dir / "prometheus.yml", "", Fine},
                   .retry_interval = std::chrono::milliseconds(5),
                   .trigger = [trigger](const Context&) {
                     const Status counted = (*trigger)();
                     return trigger->count() < 3 ? UnavailableError("connection refused") : counted;
                   }});
  REQUIRE(trigger->WaitFor(3));
}

}  // namespace
}  // namespace epi::agent
