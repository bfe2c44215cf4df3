#include "common/http/server.h"

#include <unistd.h>

#include <thread>

#include "common/base/str_cat.h"
#include "common/http/tls_context.h"
#include "tests/support/catch.h"
#include "tests/unit/http/test_certificates.h"
#include "tests/unit/http/test_server.h"

namespace epi::http {
namespace {

using std::chrono::milliseconds;

std::string Curl(const std::string& arguments, int exit_code = 0) {
  return RunCommand(StrCat("curl -sS --max-time 20 ", arguments), exit_code);
}

bool Contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a server answers HTTP/1.1 and HTTP/2 on one port with the same handlers") {
  TestServer server;
  CHECK(Curl(server.Url("/-/healthy")) == "OK\n");
  CHECK(Curl(server.Url("'/echo?q=1%2B1'")) == "GET HTTP/1 q=1+1 body=0 peer=\n");
  CHECK(Curl("--http2-prior-knowledge " + server.Url("'/echo?q=1'")) == "GET HTTP/2 q=1 body=0 peer=\n");
  CHECK(Curl("-d q=body " + server.Url("'/echo?q=url'")) == "POST HTTP/1 q=body body=6 peer=\n");
  CHECK(Curl("--http2-prior-knowledge -d q=body " + server.Url("'/echo?q=url'")) == "POST HTTP/2 q=body body=6 peer=\n");
  // An offer to upgrade is not taken, and does not break anything.
  CHECK(Curl("--http2 " + server.Url("'/echo?q=1'")) == "GET HTTP/1 q=1 body=0 peer=\n");
  CHECK(Contains(Curl("-i " + server.Url("/none")), "404 Not Found"));
  CHECK(Curl("--http2-prior-knowledge -w '%{http_code}' " + server.Url("/none")) == "404 page not found\n404");
}

TEST_CASE("HEAD has the length and no body, and OPTIONS is 204 with CORS headers") {
  TestServer server;
  for (const std::string version : {"--http1.1 ", "--http2-prior-knowledge "}) {
    const std::string head = Curl(version + "-I " + server.Url("'/echo?q=1'"));
    CHECK(Contains(RunCommand(StrCat("printf '%s' '", head, "' | tr A-Z a-z")), "content-length: 29\r\n"));
    const std::string options = Curl(version + "-i -X OPTIONS " + server.Url("/echo"));
    CHECK(Contains(options, " 204"));
    CHECK(Contains(options, "access-control-allow-origin: *"));
  }
}

TEST_CASE("large answers stream, compressed when asked, over both versions") {
  TestServer server;
  for (const std::string version : {"--http1.1 ", "--http2-prior-knowledge "}) {
    const std::string plain = Curl(version + server.Url("'/large?200000'"));
    CHECK(Contains(plain, "line 199999 of"));
    CHECK(plain.size() > 5'000'000);
    CHECK(Curl(version + "--compressed " + server.Url("'/large?200000'")) == plain);
    CHECK(Contains(Curl(version + "-D - -o /dev/null --compressed " + server.Url("'/large?200'")), "content-encoding: gzip"));
  }
}

TEST_CASE("requests that were pipelined are answered in order") {
  TestServer server;
  RawClient client(server.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    StrAppend(&requests, "GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\nGET /echo?q=", i, " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  requests += "GET /-/healthy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  client.Send(requests);
  const std::string answers = client.ReadAll();
  size_t position = 0;
  for (int i = 0; i < 50; ++i) {
    position = answers.find(StrCat("q=", i, " body"), position);
    REQUIRE(position != std::string::npos);
  }
  CHECK(answers.ends_with("OK\n"));
}

TEST_CASE("what is malformed or too large is refused with its status and the connection ends") {
  TestServer server;
  const auto status = [&](const std::string& request) {
    RawClient client(server.port());
    client.Send(request);
    const std::string answer = client.ReadAll();
    CHECK(Contains(answer, "Connection: close"));
    return answer.substr(0, 12);
  };
  CHECK(status("GET / HTTP/1.1\n\n") == "HTTP/1.1 400");
  CHECK(status("GET / HTTP/3.0\r\nHost: a\r\n\r\n") == "HTTP/1.1 505");
  CHECK(status("\x16\x03\x01\x02\x01\x01\x01\x01\xfc\x03\x03\n") == "HTTP/1.1 400");
  CHECK(status("GET /" + std::string(70'000, 'a')) == "HTTP/1.1 414");
  CHECK(status("GET / HTTP/1.1\r\nX: " + std::string(70'000, 'a')) == "HTTP/1.1 431");
  CHECK(status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n") == "HTTP/1.1 413");
  CHECK(status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") == "HTTP/1.1 400");
  CHECK(Curl("-w '%{http_code}' -o /dev/null --http2-prior-knowledge --data-binary @/usr/bin/curl " + server.Url("/echo")) == "413");
  CHECK(Curl(server.Url("/-/healthy")) == "OK\n");
}

TEST_CASE("a broken HTTP/2 preface ends that connection only") {
  TestServer server;
  RawClient client(server.port());
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(100, '\xff'));
  client.ReadAll();
  RawClient half(server.port());
  half.Send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
  CHECK(half.ReadAll().starts_with("HTTP/1.1 "));
  CHECK(Curl(server.Url("/-/healthy")) == "OK\n");
}

TEST_CASE("slow heads, slow bodies, silent and idle connections are ended by their deadlines") {
  ServerOptions options;
  options.head_timeout = milliseconds(50);
  options.body_idle_timeout = milliseconds(50);
  options.keep_alive_timeout = milliseconds(50);
  TestServer server(options);
  RawClient silent(server.port());
  CHECK(silent.ReadAll().empty());
  RawClient head(server.port());
  head.Send("GET / HTTP/1.1\r\nHost:");
  CHECK(head.ReadAll().starts_with("HTTP/1.1 408"));
  RawClient body(server.port());
  body.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(body.ReadAll().starts_with("HTTP/1.1 408"));
  RawClient preface(server.port());
  preface.Send("PRI * HTTP/2.0\r\n");
  CHECK(preface.ReadAll().empty());
  RawClient idle(server.port());
  idle.Send("GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(idle.ReadAll().ends_with("OK\n"));
}

TEST_CASE("a client that waits for 100 Continue gets it, or its refusal") {
  TestServer server;
  RawClient client(server.port());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.ReadUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("a=b");
  CHECK(Contains(client.ReadUntil("peer=\n"), "body=3"));
  RawClient large(server.port());
  large.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(large.ReadAll().starts_with("HTTP/1.1 413"));
}

TEST_CASE("a handler's context ends when its client hangs up") {
  for (const std::string version : {"--http1.1 ", "--http2-prior-knowledge "}) {
    TestServer server;
    std::thread client([&] { RunCommand("curl -s --max-time 0.3 " + version + server.Url("/hang"), 28); });
    CHECK(Contains(server.hang_ended.get_future().get(), ": client left"));
    client.join();
  }
}

TEST_CASE("a handler's context ends with its route's timeout") {
  TestServer server;
  CHECK(Curl(server.Url("/brief")) == "late");
  CHECK(server.hang_ended.get_future().get() == "DeadlineExceeded: context deadline exceeded");
}

TEST_CASE("an answer that breaks off can be told from a whole one") {
  TestServer server;
  CHECK(Contains(Curl(server.Url("/broken"), 18), "transfer closed"));
  Curl("--http2-prior-knowledge " + server.Url("/broken"), 92);
}

TEST_CASE("a graceful stop lets requests in flight finish and turns new ones away") {
  TestServer server;
  RawClient idle(server.port());
  idle.Send("GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.ReadUntil("OK\n");
  RawClient busy(server.port());
  busy.Send("GET /brief HTTP/1.1\r\nHost: a\r\n\r\n");
  server.hang_started.get_future().wait();
  server.server().Shutdown(std::chrono::seconds(20));
  const std::string answer = busy.ReadAll();
  CHECK(answer.ends_with("late"));
  CHECK(Contains(answer, "Connection: close"));
  CHECK(idle.ReadAll().empty());
  Curl(server.Url("/-/healthy"), 7);
}

TEST_CASE("a stop whose grace is over cancels what still runs") {
  TestServer server;
  RawClient busy(server.port());
  busy.Send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
  server.hang_started.get_future().wait();
  server.server().Shutdown(milliseconds(20));
  CHECK(Contains(server.hang_ended.get_future().get(), "Cancel"));
  CHECK(busy.ReadAll().empty());
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {

// A line of /proc/self/status in KiB.
size_t StatusKib(const std::string& key) {
  return std::stoul(RunCommand(StrCat("grep ", key, ": /proc/", getpid(), "/status | tr -dc 0-9")));
}

}  // namespace

TEST_CASE("a slow reader holds its handler back, and memory stays bounded") {
  for (const std::string version : {"--http1.1 ", "--http2-prior-knowledge "}) {
    TestServer server;
    // 5 forgets the peak so far.
    RunCommand(StrCat("echo 5 > /proc/", getpid(), "/clear_refs"));
    const size_t before_kib = StatusKib("VmHWM");
    CHECK(Curl(version + "--limit-rate 80M " + server.Url("'/large?2000000'") + " | tail -n 1") ==
          "line 1999999 of the large answer\n");
    CHECK(StatusKib("VmHWM") < before_kib + (size_t{8} << 10));
  }
}
#endif

TEST_CASE("TLS with ALPN serves both versions and names a verified client") {
  TestCertificates certs;
  TlsOptions tls;
  tls.certificate_file = certs.server_cert();
  tls.key_file = certs.server_key();
  tls.ca_file = certs.ca();
  tls.client_auth = ClientAuth::kVerifyIfGiven;
  ServerOptions options;
  options.tls = *TlsContext::Make(tls);
  TestServer server(options);
  const std::string ca = StrCat("--cacert ", certs.ca(), " ");
  const std::string client = StrCat("--cert ", certs.client_cert(), " --key ", certs.client_key(), " ");
  CHECK(Curl(ca + server.Url("/echo")) == "GET HTTP/2 q= body=0 peer=\n");
  CHECK(Curl(ca + "--http1.1 " + server.Url("/echo")) == "GET HTTP/1 q= body=0 peer=\n");
  CHECK(Curl(ca + client + server.Url("/echo")) == "GET HTTP/2 q= body=0 peer=CN=agent-1\n");
  CHECK(Curl(ca + client + "--http1.1 " + server.Url("'/large?200000'")).size() > 5'000'000);
  Curl(server.Url("/echo"), 60);
  RawClient plain(server.port());
  plain.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_FALSE(Contains(plain.ReadAll(), "HTTP/1.1 200"));
}

TEST_CASE("basic auth lets known users in, remembers them, and refuses all others alike") {
  // bcrypt, cost 4, of "secret".
  const auto auth = BasicAuth::Make({{"admin", "$2y$04$y6EGuobjztPU0KHk2ueRFOuXeV8NHMP212Kj5NLtCUap6fwy3LnWK"}});
  REQUIRE(auth.ok());
  ServerOptions options;
  options.auth = auth.value().get();
  TestServer server(options);
  CHECK(Curl("-w '%{http_code}' -o /dev/null " + server.Url("/-/healthy")) == "401");
  CHECK(Contains(Curl("-i " + server.Url("/echo")), "www-authenticate: Basic"));
  CHECK(Curl("-w '%{http_code}' -o /dev/null -u admin:wrong " + server.Url("/echo")) == "401");
  CHECK(Curl("-w '%{http_code}' -o /dev/null -u nobody:secret " + server.Url("/echo")) == "401");
  for (int i = 0; i < 3; ++i) CHECK(Curl("-u admin:secret " + server.Url("/-/healthy")) == "OK\n");
  CHECK(auth.value()->Remembered("Basic YWRtaW46c2VjcmV0"));
  CHECK_FALSE(auth.value()->Remembered("Basic YWRtaW46d3Jvbmc="));
  CHECK(BasicAuth::Make({{"a", "plain"}}).status().message() == "basic_auth_users: \"a\": not a bcrypt hash");
}

TEST_CASE("requests are counted with Thanos' names and labels") {
  TestServer server;
  Curl(server.Url("/echo"));
  Curl("-d a=b " + server.Url("/echo"));
  Curl(server.Url("/none"));
  const std::string text = server.registry().Expose(metrics::ExpositionFormat::kText);
  CHECK(Contains(text, "http_requests_total{code=\"200\",handler=\"echo\",method=\"get\"} 1\n"));
  CHECK(Contains(text, "http_requests_total{code=\"200\",handler=\"echo\",method=\"post\"} 1\n"));
  CHECK(Contains(text, "http_request_duration_seconds_bucket{code=\"200\",handler=\"echo\",method=\"get\",le=\"+Inf\"} 1\n"));
  CHECK(Contains(text, "http_request_size_bytes_sum{code=\"200\",handler=\"echo\",method=\"post\"} 3\n"));
  CHECK(Contains(text, "http_response_size_bytes_count{code=\"200\",handler=\"echo\",method=\"post\"} 1\n"));
  CHECK(Contains(text, "http_inflight_requests{handler=\"echo\",method=\"get\"} 0\n"));
}

TEST_CASE("requests above the handlers' queue are turned away at once with 503") {
  ServerOptions options;
  options.handler_threads = 1;
  options.handler_queue = 1;
  TestServer server(options);
  RawClient busy(server.port());
  busy.Send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
  server.hang_started.get_future().wait();
  RawClient queued(server.port());
  queued.Send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  std::string status;
  while (status != "503") status = Curl("-w '%{http_code}' -o /dev/null --max-time 1 " + server.Url("/echo"), -1);
  CHECK(Curl(server.Url("/-/healthy")) == "OK\n");
  busy.Close();
  CHECK(Contains(queued.ReadUntil("peer=\n"), "GET HTTP/1"));
}

TEST_CASE("a request body is charged to the server's memory account and given back") {
  MemoryAccount memory("requests", 50'000);
  ServerOptions options;
  options.memory = &memory;
  TestServer server(options);
  CHECK(Curl("-w '%{http_code}' -o /dev/null -H Expect: --data-binary @/usr/bin/openssl --http1.1 " + server.Url("/echo")) == "413");
  const std::string large(60'000, 'x');
  RawClient client(server.port());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + large);
  CHECK(client.ReadAll().starts_with("HTTP/1.1 503"));
  CHECK(Contains(Curl("-d a=b " + server.Url("/echo")), "body=3"));
  server.server().Shutdown(milliseconds(0));
  CHECK(memory.used_bytes() == 0);
  CHECK(memory.peak_bytes() > 0);
}

}  // namespace epi::http
