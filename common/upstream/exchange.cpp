#include "common/upstream/exchange.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "common/upstream/dial.hpp"
#include "common/upstream/proxy_tunnel.hpp"
#include "common/upstream/tls_contexts.hpp"

namespace balancer {
namespace {

using Kind = UpstreamFailureKind;
using asio::ip::tcp;

std::string timeout_detail(Kind kind) {
  if (kind == Kind::kConnectTimeout) return "no connection in time";
  if (kind == Kind::kTlsTimeout) return "no TLS session in time";
  if (kind == Kind::kFirstByteTimeout) return "no answer in time";
  if (kind == Kind::kIdleTimeout) return "the answer stopped";
  return "the request's deadline passed";
}

DialTarget first_hop(const UpstreamEndpoint& endpoint) {
  const bool direct = !endpoint.proxy;
  return {.host = direct ? endpoint.url.host : endpoint.proxy->host,
          .port = direct ? endpoint.url.port : endpoint.proxy->port,
          .allow_link_local = endpoint.allow_link_local};
}

// A socket that leads to the provider, whether directly or through the proxy.
asio::awaitable<UpstreamResult<tcp::socket>> dial_provider(TimerWheel& wheel, Resolver& resolver,
                                                           const UpstreamEndpoint& endpoint,
                                                           TimerWheel::TimePoint deadline) {
  const DialTarget target = first_hop(endpoint);
  auto socket = co_await dial(wheel, resolver, target, deadline);
  if (!socket || !endpoint.proxy) co_return socket;
  const auto tunnel = co_await open_tunnel(*socket, *endpoint.proxy, endpoint.url.host, endpoint.url.port);
  if (!tunnel) co_return tunnel.error();
  co_return socket;
}

// For co_spawn, which cannot deliver a value that has no default.
asio::awaitable<void> store(asio::awaitable<UpstreamResult<tcp::socket>> operation,
                            std::optional<UpstreamResult<tcp::socket>>& result) {
  result.emplace(co_await std::move(operation));
}

void remove_prefix(boost::container::small_vector<asio::const_buffer, 8>& buffers, std::size_t size) {
  auto first = buffers.begin();
  while (first != buffers.end() && size >= first->size()) size -= (first++)->size();
  if (first != buffers.end()) *first += size;
  buffers.erase(buffers.begin(), first);
}

}  // namespace

UpstreamCall::Exchange::Exchange(std::shared_ptr<ConnectionPool::Core> pool, AttemptTimeouts timeouts)
    : pool_(std::move(pool)), timeouts_(timeouts), timer_(pool_->wheel(), timeouts.deadline, [this](Kind kind) {
        stop(kind, timeout_detail(kind));
      }) {}

UpstreamCall::Exchange::~Exchange() {
  if (failure_ || !request_sent_ || !decoder_ || !decoder_->leaves_connection_reusable()) return;
  pool_->give_back(std::move(connection_));
}

asio::awaitable<UpstreamResult<void>> UpstreamCall::Exchange::start(std::span<const asio::const_buffer> request) {
  if (failure_) co_return *failure_;
  connection_ = pool_->take();
  if (connection_) {
    auto outcome = co_await converse(request);
    const bool closed_while_idle =
        outcome.has_error() && outcome.error().kind == Kind::kResetBeforeHead && bytes_received_ == 0;
    if (!closed_while_idle) co_return outcome;
    decoder_.reset();
    connection_.reset();
    failure_.reset();
  }
  if (auto opened = co_await open_connection(); !opened) co_return opened;
  co_return co_await converse(request);
}

asio::awaitable<UpstreamResult<void>> UpstreamCall::Exchange::open_connection() {
  timer_.begin(Kind::kConnectTimeout, timeouts_.connect);
  if (failure_) co_return *failure_;
  std::optional<UpstreamResult<tcp::socket>> dialled;
  auto token = asio::bind_cancellation_slot(abort_dial_.slot(), asio::as_tuple(asio::use_awaitable));
  auto dialling = dial_provider(pool_->wheel(), pool_->resolver(), pool_->endpoint(), timer_.phase_end());
  const auto [thrown] =
      co_await asio::co_spawn(pool_->wheel().context(), store(std::move(dialling), dialled), token);
  timer_.end();
  if (failure_) co_return *failure_;
  if (thrown) std::rethrow_exception(thrown);
  if (!*dialled) co_return fail(std::move(*dialled).error());

  connection_ = std::make_unique<Connection>(std::move(**dialled));
  if (!pool_->endpoint().url.tls) co_return UpstreamResult<void>{};
  co_return co_await start_tls();
}

asio::awaitable<UpstreamResult<void>> UpstreamCall::Exchange::start_tls() {
  asio::ssl::context* context = nullptr;
  try {
    context = &pool_->tls().for_authorities(pool_->endpoint().ca_file);
  } catch (const boost::system::system_error& error) {
    co_return fail(Kind::kTls, "cannot load the authorities: " + error.code().message());
  }
  timer_.begin(Kind::kTlsTimeout, timeouts_.tls_handshake);
  if (failure_) co_return *failure_;
  auto outcome = co_await connection_->transport.start_tls(*context, pool_->endpoint().url.host);
  timer_.end();
  if (failure_) co_return *failure_;
  if (!outcome) co_return fail(std::move(outcome).error());
  co_return outcome;
}

asio::awaitable<UpstreamResult<void>> UpstreamCall::Exchange::converse(std::span<const asio::const_buffer> request) {
  decoder_.emplace(connection_->buffer);
  co_await send(request);
  while (!failure_ && !decoder_->head_complete()) {
    const bool begun = decoder_->head_begun();
    if (auto received = co_await receive(); !received) co_return received;
    // An interim answer in between says that the provider is still thinking.
    if (!begun && decoder_->head_begun()) timer_.begin(Kind::kIdleTimeout, timeouts_.idle);
    if (begun && !decoder_->head_begun()) timer_.begin(Kind::kFirstByteTimeout, timeouts_.first_byte);
  }
  timer_.end();
  if (failure_) co_return *failure_;
  co_return UpstreamResult<void>{};
}

asio::awaitable<void> UpstreamCall::Exchange::send(std::span<const asio::const_buffer> request) {
  boost::container::small_vector<asio::const_buffer, 8> left(request.begin(), request.end());
  remove_prefix(left, 0);
  request_sent_ = false;
  timer_.begin(Kind::kFirstByteTimeout, timeouts_.first_byte);
  while (!failure_ && !left.empty()) {
    const IoResult written = co_await connection_->transport.write_some({left.data(), left.size()});
    // The provider may have refused early and closed: its answer can still be read.
    if (failure_ || written.error) co_return;
    remove_prefix(left, written.size);
    timer_.begin(Kind::kFirstByteTimeout, timeouts_.first_byte);
  }
  request_sent_ = true;
}

asio::awaitable<UpstreamResult<void>> UpstreamCall::Exchange::receive() {
  const IoResult read = co_await connection_->transport.read_some(decoder_->prepare());
  if (failure_) co_return *failure_;
  if (read.error == asio::error::eof) {
    if (auto ended = decoder_->end_of_stream(); !ended) co_return fail(std::move(ended).error());
    co_return UpstreamResult<void>{};
  }
  if (read.error) {
    const Kind kind = decoder_->head_complete() ? Kind::kTruncated : Kind::kResetBeforeHead;
    co_return fail(kind, read.error.message());
  }
  bytes_received_ += read.size;
  if (auto accepted = decoder_->received(read.size); !accepted) co_return fail(std::move(accepted).error());
  co_return UpstreamResult<void>{};
}

asio::awaitable<UpstreamResult<std::string_view>> UpstreamCall::Exchange::read_some() {
  for (;;) {
    if (failure_) co_return *failure_;
    auto body = decoder_->body();
    if (!body) co_return fail(std::move(body).error());
    if (!body->empty() || decoder_->complete()) co_return body;

    timer_.begin(Kind::kIdleTimeout, timeouts_.idle);
    if (failure_) co_return *failure_;
    auto received = co_await receive();
    timer_.end();
    if (!received) co_return received.error();
  }
}

void UpstreamCall::Exchange::stop(Kind kind, std::string detail) {
  fail(kind, std::move(detail));
  abort_dial_.emit(asio::cancellation_type::terminal);
}

UpstreamFailure UpstreamCall::Exchange::fail(Kind kind, std::string detail) {
  if (!failure_) failure_ = UpstreamFailure{kind, std::move(detail), on_reused_connection()};
  timer_.end();
  if (connection_) connection_->transport.close();
  return *failure_;
}

}  // namespace balancer
