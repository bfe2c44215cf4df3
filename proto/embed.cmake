# cmake -DINPUT=set.bin -DOUTPUT=descriptors.cc -P embed.cmake: writes the bytes of INPUT as a C++ array.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"proto/descriptors.h\"

namespace epi::proto {
namespace {
constexpr unsigned char kSet[] = {
${bytes}
};
}  // namespace

std::string_view FileDescriptorSet() {
  return std::string_view(reinterpret_cast<const char*>(kSet), sizeof(kSet));
}

}  // namespace epi::proto
")
