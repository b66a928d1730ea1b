#include "tests/fakes/compression.hpp"

#include <zlib.h>

#include <stdexcept>

namespace balancer::fakes {
namespace {

// zlib's own way of naming the wrapper.
int window_bits(Coding coding) {
  switch (coding) {
    case Coding::kGzip: return 16 + MAX_WBITS;
    case Coding::kZlib: return MAX_WBITS;
    case Coding::kRawDeflate: return -MAX_WBITS;
  }
  return MAX_WBITS;
}

}  // namespace

std::string compressed(std::string_view text, Coding coding) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits(coding), 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace balancer::fakes
