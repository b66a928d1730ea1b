#include "gateway/controlplane_client/control_plane_link.hpp"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <random>
#include <thread>
#include <utility>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "gateway/controlplane_client/condition_reporter.hpp"
#include "gateway/controlplane_client/config_watch.hpp"
#include "gateway/controlplane_client/control_plane_news.hpp"
#include "gateway/controlplane_client/decide_call_starter.hpp"
#include "gateway/controlplane_client/grpc_response_client.hpp"
#include "gateway/controlplane_client/health_watch.hpp"
#include "gateway/controlplane_client/listing_decoding.hpp"
#include "gateway/controlplane_client/live_calls.hpp"
#include "gateway/controlplane_client/stable_decision_client.hpp"
#include "gateway/controlplane_client/unary_await.hpp"

namespace balancer::gateway {
namespace {

v1::GatewayIdentity identity_of(const ControlPlaneLinkSettings& settings) {
  v1::GatewayIdentity identity;
  identity.set_id(settings.gateway_id);
  identity.set_version(BALANCER_VERSION);
  identity.set_host_name(settings.presence.host_name);
  const auto started = std::chrono::duration_cast<std::chrono::seconds>(settings.presence.start_time.time_since_epoch());
  if (started.count() > 0) identity.mutable_start_time()->set_seconds(started.count());
  return identity;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

Error unavailable(const grpc::Status& status) {
  return {ErrorCode::kUnavailable,
          fmt::format("the control plane does not answer (gRPC status {})", static_cast<int>(status.error_code())),
          {}};
}

Result<ProviderListing> read_listing(const grpc::Status& status, v1::ListProvidersResponse& response) {
  if (!status.ok()) return unavailable(status);
  return decode_listing(response);
}

Result<ReloadResult> read_reload_result(const grpc::Status& status, v1::ReloadConfigResponse& response) {
  if (!status.ok()) return unavailable(status);
  return decode_reload_result(response);
}

}  // namespace

class ControlPlaneLink::Core {
 public:
  Core(std::shared_ptr<grpc::Channel> channel, ControlPlaneLinkSettings settings, OnSnapshot on_snapshot)
      : channel_(std::move(channel)),
        settings_(std::move(settings)),
        work_(asio::make_work_guard(context_)),
        admin_(v1::AdminService::NewStub(channel_)),
        responses_over_channel_(channel_, calls_),
        near_responses_(settings_.near.responses ? settings_.near.responses(responses_over_channel_) : nullptr),
        config_watch_(channel_, context_, calls_, news_, identity_of(settings_), settings_.snapshot_cache_file,
                      random_seed(), {.on_snapshot = std::move(on_snapshot), .on_drain = settings_.presence.on_drain}),
        condition_reporter_(channel_, context_, calls_, news_, settings_.gateway_id, settings_.presence.condition),
        health_watch_(channel_, context_, calls_, news_, random_seed()) {}

  ~Core() {
    // gRPC's last callbacks post to the thread, so that it ends after them.
    calls_->cancel_and_wait();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void start(const std::string& listen_address) {
    config_watch_.set_listen_address(listen_address);
    thread_ = std::thread([this] { context_.run(); });
    std::promise<void> offered;
    asio::post(context_, [&] {
      config_watch_.offer_cached();
      offered.set_value();
    });
    offered.get_future().wait();
    asio::post(context_, [this] {
      config_watch_.connect();
      health_watch_.connect();
      condition_reporter_.start();
    });
  }

  [[nodiscard]] std::unique_ptr<DecisionClient> make_decision_client(TimerWheel& wheel) {
    if (settings_.near.decisions) return settings_.near.decisions(wheel, settings_.gateway_id);
    return std::make_unique<StableDecisionClient>(decide_call_starter(channel_, settings_.target), wheel,
                                                  settings_.decision_deadline, news_, settings_.gateway_id,
                                                  random_seed());
  }

  [[nodiscard]] bool connected() const { return news_->connected(); }
  [[nodiscard]] std::uint64_t rejected_config_count() const { return config_watch_.rejected_count(); }

  asio::awaitable<Result<ProviderListing>> list_providers() {
    return await_unary_call(
        calls_, v1::ListProvidersRequest(), kUnaryDeadline,
        [stub = admin_](auto* context, const auto* request, auto* response, auto callback) {
          stub->async()->ListProviders(context, request, response, std::move(callback));
        },
        &read_listing, OnCallStarted());
  }

  asio::awaitable<Result<ReloadResult>> reload_config() {
    return await_unary_call(
        calls_, v1::ReloadConfigRequest(), kUnaryDeadline,
        [stub = admin_](auto* context, const auto* request, auto* response, auto callback) {
          stub->async()->ReloadConfig(context, request, response, std::move(callback));
        },
        &read_reload_result, OnCallStarted());
  }

  [[nodiscard]] ResponseClient& responses() {
    if (near_responses_) return *near_responses_;
    return responses_over_channel_;
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const ControlPlaneLinkSettings settings_;
  const std::shared_ptr<LiveCalls> calls_ = std::make_shared<LiveCalls>();
  const std::shared_ptr<ControlPlaneNews> news_ = std::make_shared<ControlPlaneNews>();
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  const std::shared_ptr<v1::AdminService::Stub> admin_;
  GrpcResponseClient responses_over_channel_;
  const std::unique_ptr<ResponseClient> near_responses_;
  ConfigWatch config_watch_;
  ConditionReporter condition_reporter_;
  HealthWatch health_watch_;
  std::thread thread_;
};

ControlPlaneLink::ControlPlaneLink(std::shared_ptr<grpc::Channel> channel, ControlPlaneLinkSettings settings,
                                   OnSnapshot on_snapshot)
    : core_(std::make_shared<Core>(std::move(channel), std::move(settings), std::move(on_snapshot))) {}

ControlPlaneLink::~ControlPlaneLink() = default;

void ControlPlaneLink::start(const std::string& listen_address) { core_->start(listen_address); }

std::unique_ptr<DecisionClient> ControlPlaneLink::make_decision_client(TimerWheel& wheel) {
  return core_->make_decision_client(wheel);
}

ResponseClient& ControlPlaneLink::responses() { return core_->responses(); }

bool ControlPlaneLink::connected() const { return core_->connected(); }

std::uint64_t ControlPlaneLink::rejected_config_count() const { return core_->rejected_config_count(); }

asio::awaitable<Result<ProviderListing>> ControlPlaneLink::list_providers() { return core_->list_providers(); }

asio::awaitable<Result<ReloadResult>> ControlPlaneLink::reload_config() { return core_->reload_config(); }

}  // namespace balancer::gateway
