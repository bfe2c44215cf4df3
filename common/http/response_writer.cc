#include "common/http/response_writer.h"

#include "common/http/compress.h"
#include "common/http/limits.h"

namespace epi::http {

ExchangeWriter::ExchangeWriter(std::shared_ptr<Exchange> exchange, ResponseWriterOptions options)
    : exchange_(std::move(exchange)), options_(std::move(options)), headers_(options_.headers) {}

void ExchangeWriter::SetHeader(std::string_view name, std::string_view value) {
  for (HeaderField& field : headers_) {
    if (field.name == name) {
      field.value = value;
      return;
    }
  }
  headers_.push_back({std::string(name), std::string(value)});
}

Status ExchangeWriter::Write(std::string_view bytes) {
  if (finished_) return CancelledError("the answer is over");
  body_bytes_ += bytes.size();
  if (options_.head_request && kept_.size() + bytes.size() > kWholeResponseBytesMax) return exchange_->ctx().Check();
  kept_.append(bytes);
  // On the loop there is nobody to wait for: an answer from there is whole, however large.
  if (kept_.size() <= kWholeResponseBytesMax || exchange_->OnLoopThread()) return OkStatus();
  return StreamKept();
}

Status ExchangeWriter::Flush() { return finished_ || options_.head_request ? OkStatus() : StreamKept(); }

bool ExchangeWriter::WantsGzip(size_t bytes) const {
  return options_.gzip && bytes >= kCompressBytesMin && FindField(headers_, "content-encoding") == nullptr &&
         IsCompressible(FieldValue(headers_, "content-type"));
}

ResponsePart ExchangeWriter::StartPart() {
  ResponsePart part;
  if (started_) return part;
  started_ = true;
  part.head = true;
  part.status = status_;
  part.headers = std::move(headers_);
  return part;
}

Status ExchangeWriter::StreamKept() {
  if (!started_ && WantsGzip(kept_.size())) {
    gzip_ = std::make_unique<GzipPipe>(exchange_);
    SetHeader("content-encoding", "gzip");
    SetHeader("vary", "Accept-Encoding");
  }
  ResponsePart part = StartPart();
  part.bytes = std::exchange(kept_, {});
  if (!part.head && part.bytes.empty()) return OkStatus();
  return SendPart(std::move(part));
}

Status ExchangeWriter::SendPart(ResponsePart part) {
  return gzip_ != nullptr ? gzip_->Write(std::move(part)) : exchange_->Send(std::move(part));
}

void ExchangeWriter::Finish() {
  if (std::exchange(finished_, true)) return;
  if (!started_ && !options_.head_request && WantsGzip(kept_.size())) {
    kept_ = GzipCompress(kept_);
    SetHeader("content-encoding", "gzip");
    SetHeader("vary", "Accept-Encoding");
  }
  ResponsePart part = StartPart();
  part.end = true;
  if (options_.head_request) {
    part.head_body_bytes = body_bytes_;
  } else {
    part.bytes = std::move(kept_);
  }
  // A client that left needs no answer.
  static_cast<void>(SendPart(std::move(part)).ok());
  // Waits until the last byte is on its way.
  gzip_.reset();
}

void ExchangeWriter::Abort() {
  if (finished_) return;
  if (!started_) {
    const Response error = TextResponse(500, "Internal Server Error");
    status_ = error.status;
    headers_ = error.headers;
    kept_ = error.body;
    Finish();
    return;
  }
  finished_ = true;
  ResponsePart part;
  part.abort = true;
  static_cast<void>(SendPart(std::move(part)).ok());
  gzip_.reset();
}

}  // namespace epi::http
