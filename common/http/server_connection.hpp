// One client connection: requests in, one after the other, each handed to the ExchangeServer, answers out.
#pragma once

#include <boost/intrusive/list_hook.hpp>
#include <memory>
#include <span>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "common/http/client_socket.hpp"
#include "common/http/exchange.hpp"
#include "common/http/request_reader.hpp"
#include "common/http/server_limits.hpp"

namespace balancer::http {

class ServerConnection final
    : public Exchange,
      public std::enable_shared_from_this<ServerConnection>,
      public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  // `limits`, `server` and `tls` outlive run(). Null `tls`: the client speaks HTTP in clear.
  ServerConnection(asio::ip::tcp::socket socket, TimerWheel& wheel, const ServerLimits& limits,
                   const ExchangeServer& server, const tls::ServerIdentity* tls = nullptr);

  // Serves until the connection ends. The caller keeps a shared_ptr for as long.
  asio::awaitable<void> run();

  // Lets a running exchange finish and closes then; closes an idle connection at once.
  void close_gently();
  // Asks a running exchange to come to its end: its watcher hears what it would hear if the client had gone, but
  // client_gone() stays false, so that a last word can be said. Closes an idle connection.
  void end_exchange();
  // Ends everything now.
  void close_hard();

  const RequestHead& request() const override { return head_; }
  const std::string& request_id() const override { return request_id_; }
  asio::awaitable<Result<RequestBody>> read_body(std::size_t limit) override;
  asio::awaitable<bool> respond(const ResponseHead& head, std::string_view body) override;
  void begin_stream(const ResponseHead& head) override;
  asio::awaitable<bool> write_piece(std::string_view piece) override;
  bool push_piece(std::string_view piece) override;
  asio::awaitable<bool> finish_stream() override;
  bool answered() const override { return progress_.status != 0; }
  const AnswerProgress& progress() const override { return progress_; }
  void watch_client(std::function<void()> on_gone) override;
  void stop_watching() override;
  bool client_gone() const override { return client_gone_; }

 private:
  // A body that could not be read whole stays unread.
  enum class BodyState { kNone, kUnread, kRead };

  asio::awaitable<void> serve_requests();
  asio::awaitable<void> serve_request();
  asio::awaitable<void> answer_error(const Error& error);
  asio::awaitable<bool> send_continue();
  // These return false when the client is gone or stalled: the connection ends then. What send_now() leaves in
  // `buffers` is for send_rest(): a coroutine less where the system takes all at once.
  [[nodiscard]] bool send_now(std::span<asio::const_buffer>& buffers);
  asio::awaitable<bool> send_rest(std::span<asio::const_buffer> buffers);
  bool note_sent(bool sent);
  void note_first_byte();
  void wait_for_client_event();
  void on_client_event();
  [[nodiscard]] bool body_is_unread() const;
  [[nodiscard]] std::string framed_head(const ResponseHead& head, std::string_view framing) const;

  const ServerLimits& limits_;
  const ExchangeServer& server_;
  const tls::ServerIdentity* const tls_;
  ClientSocket socket_;
  RequestReader reader_;

  RequestHead head_;
  std::string request_id_;
  BodyState body_state_ = BodyState::kNone;
  AnswerProgress progress_;
  bool stream_open_ = false;
  bool stream_chunked_ = false;
  bool close_after_answer_ = false;
  bool closing_ = false;
  bool in_exchange_ = false;
  bool client_gone_ = false;
  // Of a stream: its head until the first piece leaves, and what push_piece() could not send.
  std::string unsent_;
  std::function<void()> on_gone_;
  // Tells a wait that was cancelled late from the current one.
  std::uint64_t watch_generation_ = 0;
  // Begins the wait: a short exchange is over before.
  TimerWheel::Timer watch_delay_;
  bool watch_pending_ = false;
};

}  // namespace balancer::http
