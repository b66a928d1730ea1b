// A byte stream to a provider, in clear or under TLS. Errors are values; nothing here throws.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "common/async/asio.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

struct IoResult {
  boost::system::error_code error;
  std::size_t size = 0;
};

// Stays on its socket's thread. At most one read and one write at a time.
class Transport {
 public:
  // `socket` is connected.
  explicit Transport(asio::ip::tcp::socket socket);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Puts TLS on the stream: the certificate must be valid for `host`, a name or an address literal, by the context's
  // authorities. Fails with kTls.
  asio::awaitable<UpstreamResult<void>> start_tls(asio::ssl::context& context, const std::string& host);

  asio::awaitable<IoResult> read_some(asio::mutable_buffer buffer);
  // One gathered write where the stream is in clear.
  asio::awaitable<IoResult> write_some(std::span<const asio::const_buffer> buffers);

  // Pending operations complete with an error.
  void close();

  // Open, and the peer has sent nothing that was not read: what an idle connection must be to serve again.
  [[nodiscard]] bool silent();

 private:
  asio::ip::tcp::socket socket_;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
};

}  // namespace balancer
