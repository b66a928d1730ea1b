#include "gateway/controlplane_client/condition_reporter.hpp"

#include <utility>

#include "gateway/controlplane_client/unary_call.hpp"

namespace balancer::gateway {
namespace {

constexpr std::chrono::seconds kInterval{1};

}  // namespace

ConditionReporter::ConditionReporter(std::shared_ptr<grpc::Channel> channel, asio::io_context& context,
                                     std::shared_ptr<LiveCalls> calls, std::shared_ptr<ControlPlaneNews> news,
                                     std::string gateway_id, std::function<GatewayCondition()> condition)
    : stub_(v1::ConfigService::NewStub(channel)),
      calls_(std::move(calls)),
      news_(std::move(news)),
      gateway_id_(std::move(gateway_id)),
      condition_(std::move(condition)),
      timer_(context),
      context_(context) {}

void ConditionReporter::start() {
  if (!condition_) return;
  look();
}

void ConditionReporter::look() {
  if (news_->connected()) {
    const GatewayCondition condition = condition_();
    if (told_ != condition) tell(condition);
  } else {
    told_.reset();
  }
  timer_.expires_after(kInterval);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

void ConditionReporter::tell(const GatewayCondition& condition) {
  told_ = condition;
  v1::ReportGatewayRequest request;
  request.set_gateway_id(gateway_id_);
  request.mutable_condition()->set_open_request_count(condition.open_request_count);
  request.mutable_condition()->set_open_stream_count(condition.open_stream_count);
  request.mutable_condition()->set_draining(condition.draining);
  start_unary_call<v1::ReportGatewayResponse>(
      calls_, std::move(request), kUnaryDeadline,
      [this](auto* context, const auto* message, auto* response, auto callback) {
        stub_->async()->ReportGateway(context, message, response, std::move(callback));
      },
      [this](const grpc::Status& status, const auto&) {
        // It is told again.
        if (!status.ok()) asio::post(context_, [this] { told_.reset(); });
      });
}

}  // namespace balancer::gateway
