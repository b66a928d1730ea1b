#include "gateway/controlplane_client/health_watch.hpp"

#include <functional>
#include <string>
#include <utility>

#include "common/log/log.hpp"

namespace balancer::gateway {
namespace {

constexpr int kServing = 1;
constexpr std::chrono::minutes kUnimplementedInterval{1};

using HealthStub = grpc::TemplatedGenericStub<HealthCheckRequest, HealthCheckResponse>;

// One Watch stream. Lives until gRPC is done with it. A generic stub knows no server streaming: on the wire it is a
// bidirectional stream with one message upwards.
class HealthCall final : public grpc::ClientBidiReactor<HealthCheckRequest, HealthCheckResponse> {
 public:
  using OnStatus = std::function<void(int)>;
  using OnEnd = std::function<void(grpc::Status)>;

  static void start(HealthStub& stub, std::shared_ptr<LiveCalls> calls, OnStatus on_status, OnEnd on_end) {
    auto call = std::make_unique<HealthCall>();
    call->calls_ = std::move(calls);
    call->on_status_ = std::move(on_status);
    call->on_end_ = std::move(on_end);
    call->context_.set_wait_for_ready(true);
    if (!call->calls_->add(call->context_)) return;
    HealthCall* const reactor = call.release();
    stub.PrepareBidiStreamingCall(&reactor->context_, "/grpc.health.v1.Health/Watch", {}, reactor);
    reactor->StartWriteLast(&reactor->request_, {});
    reactor->StartRead(&reactor->message_);
    reactor->StartCall();
  }

 private:
  void OnReadDone(bool ok) override {
    // At an end, or at what cannot be read: then the call is still open, and would stay so, deaf.
    if (!ok) return context_.TryCancel();
    on_status_(message_.value());
    StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    on_end_(status);
    const std::shared_ptr<LiveCalls> calls = calls_;
    calls->retire(std::shared_ptr<HealthCall>(this), context_);
  }

  std::shared_ptr<LiveCalls> calls_;
  OnStatus on_status_;
  OnEnd on_end_;
  HealthCheckRequest request_;
  HealthCheckResponse message_;
  grpc::ClientContext context_;
};

}  // namespace

HealthWatch::HealthWatch(std::shared_ptr<grpc::Channel> channel, asio::io_context& context,
                         std::shared_ptr<LiveCalls> calls, std::shared_ptr<ControlPlaneNews> news, std::uint64_t seed)
    : stub_(std::move(channel)),
      context_(context),
      calls_(std::move(calls)),
      news_(std::move(news)),
      backoff_(seed),
      reconnect_timer_(context) {}

void HealthWatch::connect() {
  HealthCall::start(
      stub_, calls_, [this](int status) { asio::post(context_, [this, status] { receive(status); }); },
      [this](grpc::Status status) { asio::post(context_, [this, status = std::move(status)] { on_ended(status); }); });
}

void HealthWatch::receive(int serving_status) {
  backoff_.reset();
  const bool serving = serving_status == kServing;
  if (std::exchange(serving_, serving) == serving) return;
  log::info("control plane's own health changed", {{"serving", serving}});
  if (serving) news_->publish_serving();
}

void HealthWatch::on_ended(const grpc::Status& status) {
  serving_ = false;
  const bool unimplemented = status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
  reconnect_timer_.expires_after(unimplemented ? std::chrono::milliseconds(kUnimplementedInterval) : backoff_.next());
  reconnect_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) connect();
  });
}

}  // namespace balancer::gateway
