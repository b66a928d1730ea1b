// Beast's hardened HTTP/1 tokenizer, told to record views instead of building a message.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string_view>

#include "common/error/error.hpp"
#include "common/http/request_head.hpp"
#include "common/http/server_limits.hpp"

namespace balancer::http {

// Parses one request: first its whole head, then, for a chunked body, the body's chunks.
class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  explicit RequestParser(const ServerLimits& limits);

  // `bytes` is a complete head, up to and with the empty line. The views in the returned head point into it.
  // Refuses all that promises.md 1.2 lists beyond what Beast refuses.
  [[nodiscard]] Result<RequestHead> parse_head(std::string_view bytes);

  struct ChunkProgress {
    // Bytes of the input that were used up.
    std::size_t consumed = 0;
    bool complete = false;
  };

  // Only behind the head of a chunked request. Appends decoded bytes to `body`; fails with kRequestTooLarge past
  // `limit` bytes, kInvalidRequest for bad framing.
  template <class Body>
  [[nodiscard]] Result<ChunkProgress> parse_chunks(std::string_view bytes, Body& body, std::size_t limit) {
    const auto append = [](void* target, std::string_view piece) { static_cast<Body*>(target)->append(piece); };
    return parse_chunks(bytes, {&body, append}, limit);
  }

 private:
  using ErrorCodeOut = boost::beast::error_code;
  using View = boost::beast::string_view;
  struct BodySink {
    void* target = nullptr;
    void (*append)(void*, std::string_view) = nullptr;
  };

  Result<ChunkProgress> parse_chunks(std::string_view bytes, BodySink sink, std::size_t limit);

  void on_request_impl(boost::beast::http::verb verb, View method, View target, int version,
                       ErrorCodeOut& error) override;
  void on_response_impl(int status, View reason, int version, ErrorCodeOut& error) override;
  void on_field_impl(boost::beast::http::field field, View name, View value, ErrorCodeOut& error) override;
  void on_header_impl(ErrorCodeOut& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& content_length, ErrorCodeOut& error) override;
  std::size_t on_body_impl(View body, ErrorCodeOut& error) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCodeOut& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, View body, ErrorCodeOut& error) override;
  void on_finish_impl(ErrorCodeOut& error) override;

  const ServerLimits limits_;
  RequestHead head_;
  bool head_done_ = false;
  bool chunk_seen_ = false;
  BodySink sink_;
  std::size_t body_limit_ = 0;
  std::size_t body_size_ = 0;
  std::size_t extension_size_ = 0;
  std::size_t trailer_size_ = 0;
  bool body_too_large_ = false;
};

}  // namespace balancer::http
