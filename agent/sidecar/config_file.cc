#include "agent/sidecar/config_file.h"

#include <zlib.h>

#include <array>

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/envsubst.h"

namespace epi::agent {
namespace {

// Ends zlib's state with the scope.
class Inflater {
 public:
  Inflater() { ok_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK; }
  ~Inflater() {
    if (ok_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool ok() const { return ok_; }
  z_stream* stream() { return &stream_; }

 private:
  z_stream stream_{};
  bool ok_ = false;
};

Status Inflate(std::string_view bytes, size_t bytes_max, std::string* text) {
  Inflater inflater;
  if (!inflater.ok()) return InternalError("cannot set up zlib");
  z_stream* stream = inflater.stream();
  // zlib does not write to its input; its interface is older than const.
  stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream->avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 16384> buffer;
  for (;;) {
    stream->next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream->avail_out = buffer.size();
    const int code = inflate(stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return DataLossError("damaged or truncated gzip data");
    text->append(buffer.data(), buffer.size() - stream->avail_out);
    if (text->size() > bytes_max) return ResourceExhaustedError(StrCat("unpacked size is above ", bytes_max, " bytes"));
    if (code == Z_STREAM_END) return OkStatus();
  }
}

}  // namespace

Result<std::string> Gunzip(std::string_view bytes, size_t bytes_max) {
  constexpr std::string_view kGzipMagic = "\x1f\x8b";
  if (!bytes.starts_with(kGzipMagic)) return std::string(bytes);
  std::string text;
  RETURN_IF_ERROR(Inflate(bytes, bytes_max, &text));
  return text;
}

Result<std::string> ApplyConfigFile(const ConfigFile& file) {
  const auto named = [&](const Status& status) { return status.WithContext(file.path); };
  std::string content = TRY(ReadFile(file.path, kConfigBytesMax));
  if (!file.output_path.empty()) {
    auto unpacked = Gunzip(content, kConfigBytesMax);
    if (!unpacked.ok()) return named(unpacked.status());
    auto expanded = config::ExpandEnvironment(*unpacked);
    if (!expanded.ok()) return named(FailedPreconditionError(std::string(expanded.status().message())));
    content = *std::move(expanded);
  }
  if (const Status status = file.check(content); !status.ok()) return named(status);
  if (file.output_path.empty()) return content;
  const auto present = ReadFile(file.output_path, kConfigBytesMax);
  // Expanded variables may be secrets: nobody else reads the output.
  if (!present.ok() || *present != content) RETURN_IF_ERROR(WriteFileAtomically(file.output_path, content, 0600));
  return content;
}

}  // namespace epi::agent
