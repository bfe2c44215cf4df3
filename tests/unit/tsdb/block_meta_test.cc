#include "common/tsdb/block_meta.h"

#include "common/base/file.h"
#include "common/tsdb/block_folder.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

constexpr char kThanosMeta[] = R"({
	"ulid": "01M7Y37G3J8TWV5DPMQ2GN963C",
	"minTime": -5,
	"maxTime": 1743033600000,
	"stats": {
		"numSamples": 54403,
		"numTombstones": 2,
		"numFuture": 7
	},
	"compaction": {
		"level": 2,
		"sources": [
			"01M7Y37G3J8TWV5DPMQ2GN963C",
			"01M7Y37G5XANH3NM5J8G2T7ZWD"
		],
		"deletable": true,
		"parents": [
			{
				"ulid": "01M7Y37G5XANH3NM5J8G2T7ZWD",
				"minTime": 1,
				"maxTime": 2
			}
		],
		"failed": true,
		"hints": [
			"from-out-of-order"
		],
		"later": [
			1,
			{
				"a": null
			}
		]
	},
	"version": 1,
	"thanos": {
		"version": 1,
		"labels": {
			"cluster": "a\u003cb\u0026c",
			"tier": "Größe"
		},
		"downsample": {
			"resolution": 300000
		},
		"source": "compactor",
		"segment_files": [
			"000001"
		],
		"files": [
			{
				"rel_path": "chunks/000001",
				"size_bytes": 251759,
				"hash": {
					"hashFunc": "SHA256",
					"value": "ab"
				}
			},
			{
				"rel_path": "meta.json"
			}
		],
		"rewrites": [
			{
				"sources": []
			}
		],
		"index_stats": {
			"series_max_size": 92,
			"chunk_max_size": 1200
		},
		"extensions": {
			"x": 1.5
		},
		"upload_time": "2026-11-21T03:44:01.581889456Z",
		"new_thing": {}
	},
	"zukunft": "ja"
}
)";

TEST_CASE("a Thanos meta.json is read whole and written back byte for byte, unknown keys included") {
  const Result<BlockMeta> meta = BlockMeta::Parse(kThanosMeta, "meta.json");
  INFO(meta.status().message());
  REQUIRE(meta.ok());
  CHECK(meta->min_time_ms == -5);
  CHECK(meta->stats.samples == 54403);
  CHECK(meta->compaction.HasHint(kHintOutOfOrder));
  CHECK(meta->compaction.parents.at(0).max_time_ms == 2);
  REQUIRE(meta->thanos.has_value());
  CHECK(meta->thanos->labels.at("cluster") == "a<b&c");
  CHECK(meta->thanos->resolution_ms == 300000);
  CHECK(meta->thanos->files.at(0).hash == "ab");
  CHECK(meta->Encode() == kThanosMeta);
}

TEST_CASE("the meta.json files of Prometheus' blocks are written back byte for byte") {
  for (const TruthBlock& block : ReadTruthBlocks()) {
    INFO(block.directory);
    const Result<BlockMeta> meta = BlockMeta::Read(block.directory);
    REQUIRE(meta.ok());
    CHECK(meta->ulid.ToString() == std::filesystem::path(block.directory).filename());
    CHECK(meta->Encode() == ReadFile(block.directory + "/meta.json").value());
  }
}

TEST_CASE("a meta.json that is none is DataLoss and names the key") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "not JSON"},
      {"[]", "not a JSON object"},
      {"{\"version\":1}", "ulid"},
      {R"({"ulid":"x","version":1})", "ulid"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":2})", "version"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C"})", "version"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"minTime":"x"})", "minTime"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"minTime":5,"maxTime":4})", "maxTime"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"stats":{"numSeries":-1}})", "numSeries"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"compaction":{"level":99999999999}})", "level"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"compaction":{"sources":["no"]}})", "sources"},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"thanos":{"labels":{"a":1}}})", "\"a\""},
      {R"({"ulid":"01M7Y37G3J8TWV5DPMQ2GN963C","version":1,"thanos":3})", "thanos"},
  };
  for (const auto& [json, named] : cases) {
    INFO(json);
    const Status status = BlockMeta::Parse(json, "b/meta.json").status();
    CHECK(status.code() == StatusCode::kDataLoss);
    CHECK(status.message().starts_with("b/meta.json: "));
    CHECK(status.message().find(named) != std::string::npos);
  }
}

TEST_CASE("folder names say what a folder is") {
  CHECK(ClassifyFolderName("01M7Y37G3J8TWV5DPMQ2GN963C").kind == FolderKind::kBlock);
  CHECK(ClassifyFolderName("01M7Y37G3J8TWV5DPMQ2GN963C.tmp-for-creation").kind == FolderKind::kTemporary);
  CHECK(ClassifyFolderName("01M7Y37G3J8TWV5DPMQ2GN963C.tmp-for-deletion").kind == FolderKind::kTemporary);
  CHECK(ClassifyFolderName("01M7Y37G3J8TWV5DPMQ2GN963C.tmp").kind == FolderKind::kTemporary);
  for (const std::string_view name : {"wal", "chunks_head", "01M7Y37G3J8TWV5DPMQ2GN963C.bak", "", "lock"}) {
    CHECK(ClassifyFolderName(name).kind == FolderKind::kOther);
  }
}

}  // namespace
}  // namespace epi::tsdb
