// The ResponseWriter of handler threads: keeps a small answer until it is whole and compresses it at once; streams a large one,
// compressing it on a second thread.
#pragma once

#include <memory>
#include <string>

#include "common/http/exchange.h"
#include "common/http/gzip_pipe.h"
#include "common/http/message.h"

namespace epi::http {

struct ResponseWriterOptions {
  bool head_request = false;  // count the body, do not send it
  bool gzip = false;          // the client takes gzip
  HeaderFields headers;       // of every answer of this route (CORS)
};

class ExchangeWriter final : public ResponseWriter {
 public:
  ExchangeWriter(std::shared_ptr<Exchange> exchange, ResponseWriterOptions options);

  void SetStatus(int status) override { status_ = status; }
  void SetHeader(std::string_view name, std::string_view value) override;
  Status Write(std::string_view bytes) override;
  Status Flush() override;
  void Abort() override;
  bool started() const override { return started_; }

  // Ends the answer. Called by the server after the handler returned.
  void Finish();
  int status() const { return status_; }
  uint64_t body_bytes() const { return body_bytes_; }

 private:
  bool WantsGzip(size_t bytes) const;
  ResponsePart StartPart();
  Status StreamKept();
  Status SendPart(ResponsePart part);

  const std::shared_ptr<Exchange> exchange_;
  const ResponseWriterOptions options_;
  int status_ = 200;
  HeaderFields headers_;
  std::string kept_;
  uint64_t body_bytes_ = 0;  // before compression
  std::unique_ptr<GzipPipe> gzip_;
  bool started_ = false;
  bool finished_ = false;
};

}  // namespace epi::http
