#include "common/upstream/upstream_call.hpp"

#include "common/text/ascii.hpp"
#include "common/upstream/exchange.hpp"

namespace balancer {

std::string_view UpstreamResponseHead::header(std::string_view name) const {
  for (const UpstreamHeader& header : headers) {
    if (ascii_iequal(header.name, name)) return header.value;
  }
  return {};
}

UpstreamCall::UpstreamCall(ConnectionPool& pool, AttemptTimeouts timeouts)
    : exchange_(std::make_unique<Exchange>(pool.core_, timeouts)) {}

UpstreamCall::~UpstreamCall() = default;

asio::awaitable<UpstreamResult<void>> UpstreamCall::start(std::span<const asio::const_buffer> request) {
  return exchange_->start(request);
}

const UpstreamResponseHead& UpstreamCall::head() const { return exchange_->head(); }

asio::awaitable<UpstreamResult<std::string_view>> UpstreamCall::read_some() { return exchange_->read_some(); }

void UpstreamCall::cancel() { exchange_->stop(UpstreamFailureKind::kCancelled, "cancelled"); }

void UpstreamCall::stop(UpstreamFailureKind kind, std::string detail) { exchange_->stop(kind, std::move(detail)); }

void UpstreamCall::extend_deadline(TimerWheel::TimePoint deadline) { exchange_->extend_deadline(deadline); }

std::uint64_t UpstreamCall::bytes_received() const { return exchange_->bytes_received(); }

}  // namespace balancer
