#include <libdeflate.h>

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/http/compress.h"

namespace epi::http {
namespace {

constexpr int kLevel = 1;
// libdeflate splits a block at 65,535 bytes, or at 8,192 matches of at least four bytes.
constexpr size_t kGzipPieceBytes = 32'000;
constexpr std::string_view kHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
constexpr std::string_view kEmptyStoredBlock("\x00\x00\xff\xff", 4);
constexpr std::string_view kLastStoredBlock("\x01\x00\x00\xff\xff", 5);
constexpr std::string_view kLastEmptyBlock("\x03\x00", 2);
constexpr char kLastBlockBit = 1;

void AppendU32Le(std::string* out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out->push_back(static_cast<char>(value >> shift));
}

}  // namespace

struct GzipStream::State {
  State() : compressor(libdeflate_alloc_compressor(kLevel)), decompressor(libdeflate_alloc_decompressor()) {
    CHECK(compressor != nullptr && decompressor != nullptr);
    block.resize(libdeflate_deflate_compress_bound(compressor, kGzipPieceBytes));
  }
  ~State() {
    libdeflate_free_compressor(compressor);
    libdeflate_free_decompressor(decompressor);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void Compress(std::string_view piece, std::string* out) {
    AppendHeader(out);
    crc = libdeflate_crc32(crc, piece.data(), piece.size());
    bytes_mod_2_32 += static_cast<uint32_t>(piece.size());
    const size_t size = libdeflate_deflate_compress(compressor, piece.data(), piece.size(), block.data(), block.size());
    if (size > 0) {
      block[0] = static_cast<char>(block[0] & ~kLastBlockBit);
      for (const std::string_view gap : {std::string_view(), std::string_view("\0", 1)}) {
        const size_t before = out->size();
        out->append(block, 0, size).append(gap).append(kEmptyStoredBlock);
        if (ReadsBack(std::string_view(*out).substr(before), piece)) return;
        out->resize(before);
      }
    }
    Store(piece, out);
  }

  void AppendHeader(std::string* out) {
    if (!std::exchange(started, true)) out->append(kHeader);
  }

  bool ReadsBack(std::string_view blocks, std::string_view piece) {
    check.assign(blocks).append(kLastStoredBlock);
    size_t used = 0;
    size_t produced = 0;
    const auto result = libdeflate_deflate_decompress_ex(decompressor, check.data(), check.size(), unpacked.data(), unpacked.size(),
                                                         &used, &produced);
    return result == LIBDEFLATE_SUCCESS && used == check.size() && std::string_view(unpacked.data(), produced) == piece;
  }

  static void Store(std::string_view piece, std::string* out) {
    const auto size = static_cast<uint32_t>(piece.size());
    out->push_back('\0');
    AppendU32Le(out, size | (~size << 16));
    out->append(piece);
  }

  libdeflate_compressor* const compressor;
  libdeflate_decompressor* const decompressor;
  std::string pending;
  std::string block;
  std::string check;
  std::array<char, kGzipPieceBytes> unpacked;
  uint32_t crc = 0;
  uint32_t bytes_mod_2_32 = 0;
  bool started = false;
};

GzipStream::GzipStream() : state_(std::make_unique<State>()) {}
GzipStream::~GzipStream() = default;

void GzipStream::Write(std::string_view bytes, std::string* out) {
  std::string& pending = state_->pending;
  while (!bytes.empty()) {
    if (pending.empty() && bytes.size() >= kGzipPieceBytes) {
      state_->Compress(bytes.substr(0, kGzipPieceBytes), out);
      bytes.remove_prefix(kGzipPieceBytes);
      continue;
    }
    const size_t taken = std::min(bytes.size(), kGzipPieceBytes - pending.size());
    pending.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (pending.size() < kGzipPieceBytes) return;
    state_->Compress(pending, out);
    pending.clear();
  }
}

void GzipStream::Finish(std::string* out) {
  if (!state_->pending.empty()) state_->Compress(state_->pending, out);
  state_->pending.clear();
  state_->AppendHeader(out);
  out->append(kLastEmptyBlock);
  AppendU32Le(out, state_->crc);
  AppendU32Le(out, state_->bytes_mod_2_32);
}

}  // namespace epi::http
