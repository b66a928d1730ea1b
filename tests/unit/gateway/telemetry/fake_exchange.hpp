// An exchange whose answer a test only claims.
#pragma once

#include <string>
#include <utility>

#include "common/http/exchange.hpp"

namespace balancer::gateway {

class FakeExchange final : public http::Exchange {
 public:
  explicit FakeExchange(std::string request_id = "req_1") : request_id_(std::move(request_id)) {}

  // A request's field; both live as long as the exchange.
  void add_header(std::string_view name, std::string_view value) { head_.fields.push_back({name, value}); }
  void answer(int status, std::optional<std::chrono::steady_clock::time_point> first_byte_time = std::nullopt) {
    progress_ = {.status = status, .first_byte_time = first_byte_time};
  }
  void leave() { client_gone_ = true; }

  const http::RequestHead& request() const override { return head_; }
  const std::string& request_id() const override { return request_id_; }
  bool answered() const override { return progress_.status != 0; }
  const http::AnswerProgress& progress() const override { return progress_; }
  bool client_gone() const override { return client_gone_; }

  asio::awaitable<Result<http::RequestBody>> read_body(std::size_t) override { co_return http::RequestBody(); }
  asio::awaitable<bool> respond(const http::ResponseHead&, std::string_view) override { co_return true; }
  void begin_stream(const http::ResponseHead&) override {}
  asio::awaitable<bool> write_piece(std::string_view) override { co_return true; }
  bool push_piece(std::string_view) override { return true; }
  asio::awaitable<bool> finish_stream() override { co_return true; }
  void watch_client(std::function<void()>) override {}
  void stop_watching() override {}

 private:
  const std::string request_id_;
  http::RequestHead head_;
  http::AnswerProgress progress_;
  bool client_gone_ = false;
};

}  // namespace balancer::gateway
