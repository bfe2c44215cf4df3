#include "common/config/yaml.h"

#include "common/config/http_config.h"
#include "tests/support/catch.h"

namespace epi::config {
namespace {

struct Inner {
  bool trace = false;
  std::map<std::string, std::string> metadata;
};
Status DecodeYaml(const YamlNode& node, Inner* out) {
  YamlFields fields(node);
  fields.Field("trace", &out->trace).Field("metadata", &out->metadata);
  return fields.Finish();
}

struct Bucket {
  std::string bucket;
  std::string access_key = "default";
  int64_t retries = 3;
  double ratio = 0;
  ByteSize part{64 << 20};
  std::chrono::milliseconds timeout{0};
  std::vector<Inner> inners;
  std::optional<int> limit;
};
Status DecodeYaml(const YamlNode& node, Bucket* out) {
  YamlFields fields(node);
  fields.Required("bucket", &out->bucket);
  fields.Field("access_key", &out->access_key).Field("retries", &out->retries).Field("ratio", &out->ratio);
  fields.Field("part", &out->part).Field("timeout", &out->timeout).Field("inners", &out->inners).Field("limit", &out->limit);
  return fields.Finish();
}

Result<Bucket> Decode(std::string_view text) {
  const YamlNode root = TRY(YamlNode::Parse(text, "objstore.yaml"));
  Bucket bucket;
  RETURN_IF_ERROR(DecodeYaml(root, &bucket));
  return bucket;
}

std::string Error(std::string_view text) { return std::string(Decode(text).status().message()); }

TEST_CASE("YAML decodes into a structure, nulls leave the defaults") {
  const Result<Bucket> bucket = Decode(
      "# comment\nbucket: 'a b'\naccess_key:\nretries: 7\nratio: .5\npart: 128MB\ntimeout: 1h30m\nlimit: 0\n"
      "inners:\n- trace: yes\n  metadata: {X-Class: COLD, n: 1}\n- {}\n");
  REQUIRE(bucket.ok());
  CHECK(bucket->bucket == "a b");
  CHECK(bucket->access_key == "default");
  CHECK(bucket->retries == 7);
  CHECK(bucket->ratio == 0.5);
  CHECK(bucket->part.bytes == 128 << 20);
  CHECK(bucket->timeout == std::chrono::minutes(90));
  CHECK(bucket->limit == 0);
  REQUIRE(bucket->inners.size() == 2);
  CHECK(bucket->inners[0].trace);
  CHECK(bucket->inners[0].metadata == std::map<std::string, std::string>{{"X-Class", "COLD"}, {"n", "1"}});
}

TEST_CASE("errors name the file, the line and what may have been meant") {
  CHECK(Error("bucket: a\nacess_key: x\n") == "objstore.yaml:2: unknown key \"acess_key\", did you mean \"access_key\"?");
  CHECK(Error("bucket: a\ninners:\n- trace: 1\n") == "objstore.yaml:3: expected true or false, got \"1\"");
  CHECK(Error("bucket: a\ninners:\n- x: 1\n") == "objstore.yaml:3: unknown key \"x\"");
  CHECK(Error("access_key: x\n") == "objstore.yaml:1: missing key \"bucket\"");
  CHECK(Error("bucket: a\nretries: many\n") == "objstore.yaml:2: expected a whole number, got \"many\"");
  CHECK(Error("bucket: a\nretries: [1]\n") == "objstore.yaml:2: expected a value, got a list");
  CHECK(Error("bucket: a\ninners: x\n") == "objstore.yaml:2: expected a list, got text");
  CHECK(Error("bucket: {a: b}\n") == "objstore.yaml:1: expected text, got a map");
  CHECK(Error("- a\n") == "objstore.yaml:1: expected a map, got a list");
  CHECK(Error("bucket: a\nbucket: b\n") == "objstore.yaml:2: key \"bucket\" is repeated");
  CHECK(Error("bucket: [a\n").starts_with("objstore.yaml:"));
  CHECK(Error("bucket: a\n---\nbucket: b\n") == "objstore.yaml:2: more than one document");
  CHECK(Error("? [a]\n: b\n") == "objstore.yaml:1: a key must be text, got a list");
}

TEST_CASE("anchors and merge keys are resolved, own keys win") {
  const Result<YamlNode> root = YamlNode::Parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nmany:\n  <<: [*b, {z: 4}]\n", "f");
  REQUIRE(root.ok());
  CHECK(root->Find("use")->Find("x")->text() == "1");
  CHECK(root->Find("use")->Find("y")->text() == "3");
  CHECK(root->Find("many")->Find("z")->text() == "4");
  CHECK(root->Find("use")->Find("<<") == nullptr);
  CHECK_FALSE(YamlNode::Parse("a:\n  <<: x\n", "f").ok());
  CHECK_FALSE(YamlNode::Parse("a: &a [*a]\n", "f").ok());
}

TEST_CASE("bombs of aliases, of nesting and of size are refused") {
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) laughs += before + (j == 9 ? "]\n" : ",");
  }
  CHECK(YamlNode::Parse(laughs, "f").status().message().ends_with("document is too large"));
  CHECK_FALSE(YamlNode::Parse(std::string(100, '[') + std::string(100, ']'), "f").ok());
  CHECK_FALSE(YamlNode::Parse(std::string(100000, '['), "f").ok());
  CHECK_FALSE(YamlNode::Parse(std::string(kYamlBytesMax + 1, ' '), "f").ok());
  CHECK_FALSE(YamlNode::Parse(",", "f").ok());
}

TEST_CASE("an empty text is a null node, and quotes are remembered") {
  CHECK(YamlNode::Parse("", "f")->is_null());
  CHECK(YamlNode::Parse("~", "f")->is_null());
  CHECK(YamlNode::Parse("'null'", "f")->quoted());
  CHECK(YamlNode::Parse("a: \"\"", "f")->Find("a")->quoted());
}

template <typename T>
Status DecodeText(std::string_view text, T* out) {
  return DecodeYaml(TRY(YamlNode::Parse(text, "f")), out);
}

TEST_CASE("a client's HTTP configuration takes one way to authenticate") {
  HttpClientConfig config;
  REQUIRE(DecodeText("bearer_token: t\ntls_config: {ca_file: /ca, insecure_skip_verify: true, min_version: TLS13}\n"
                     "http_headers: {X-Scope: {values: [a, b]}}\n", &config).ok());
  CHECK(config.authorization->credentials.Reveal() == "t");
  CHECK(config.tls.ca_file == "/ca");
  CHECK(config.tls.min_version == TlsVersion::kTls13);
  CHECK(config.headers["X-Scope"] == "a, b");
  HttpClientConfig two;
  CHECK_FALSE(DecodeText("bearer_token: t\nbasic_auth: {username: u}\n", &two).ok());
  CHECK(DecodeText("follow_redirects: true\noauth2: {}\n", &two).message() == "f:2: key \"oauth2\" is not available");
}

TEST_CASE("a web configuration sets TLS, users and headers, and is checked") {
  WebConfig config;
  REQUIRE(DecodeText("tls_server_config: {cert_file: c, key_file: k, client_ca_file: a, client_auth_type: RequireAndVerifyClientCert}\n"
                     "http_server_config: {http2: false, headers: {X-Frame-Options: deny}}\nbasic_auth_users: {admin: $2y$10$x}\n",
                     &config).ok());
  CHECK(config.tls.enabled());
  CHECK(config.tls.client_auth == ClientAuth::kRequireAndVerify);
  CHECK_FALSE(config.http2);
  CHECK(config.basic_auth_users["admin"].Reveal() == "$2y$10$x");
  WebConfig bad;
  CHECK(DecodeText("tls_server_config: {cert_file: c}\n", &bad).message() == "f:1: TLS needs both certificate and key");
  CHECK(DecodeText("tls_server_config: {client_auth_type: RequireAndVerify}\n", &bad).message() ==
        "f:1: unknown client_auth_type \"RequireAndVerify\"");
}

}  // namespace
}  // namespace epi::config
