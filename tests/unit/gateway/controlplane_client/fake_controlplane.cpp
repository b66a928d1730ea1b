#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace balancer::gateway {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

v1::RouteDecision plan_of(const std::vector<std::string>& providers) {
  v1::RouteDecision decision;
  for (const std::string& provider : providers) decision.mutable_plan()->add_candidates()->set_provider(provider);
  decision.mutable_plan()->set_route("from the control plane");
  decision.mutable_plan()->set_cache_outcome(v1::CACHE_OUTCOME_BYPASS);
  return decision;
}

v1::Snapshot valid_snapshot(std::uint64_t version) {
  v1::Snapshot snapshot;
  snapshot.set_version(version);
  snapshot.set_epoch("first");
  for (const char* name : {"a", "b"}) {
    v1::Provider& provider = *snapshot.add_providers();
    provider.set_name(name);
    provider.set_type(v1::PROVIDER_TYPE_ANTHROPIC);
    provider.set_base_url("https://api." + std::string(name) + ".example");
    provider.set_authentication(v1::PROVIDER_AUTHENTICATION_X_API_KEY);
    provider.set_credential("sk-" + std::string(name));
    provider.set_enabled(true);
  }
  v1::Route& route = *snapshot.add_routes();
  route.set_pattern("*");
  for (int priority : {1, 2}) {
    v1::RouteTarget& target = *route.add_targets();
    target.set_provider(priority == 1 ? "a" : "b");
    target.set_priority(priority);
    target.set_enabled(true);
  }
  snapshot.set_selection_strategy(v1::SELECTION_STRATEGY_PRIORITY);
  snapshot.mutable_failure_cooldown()->set_seconds(180);
  snapshot.set_attempt_limit(4);
  return snapshot;
}

class FakeControlPlane::Routing final : public v1::RoutingService::Service {
 public:
  using Stream = grpc::ServerReaderWriter<v1::DecideResponse, v1::DecideRequest>;

  explicit Routing(FakeControlPlane& owner) : owner_(owner) {}

  grpc::Status Decide(grpc::ServerContext* context, Stream* stream) override {
    {
      const std::lock_guard lock(owner_.mutex_);
      if (const grpc::Status failure = owner_.failure(); !failure.ok()) return failure;
      contexts_.insert(context);
      newest_ = stream;
      ++owner_.decide_stream_count_;
      owner_.changed_.notify_all();
    }
    v1::DecideRequest batch;
    while (stream->Read(&batch)) {
      const std::lock_guard lock(owner_.mutex_);
      hear(batch);
      send(*stream);
      owner_.changed_.notify_all();
    }
    const std::lock_guard lock(owner_.mutex_);
    contexts_.erase(context);
    if (newest_ == stream) newest_ = nullptr;
    kept_.clear();
    return grpc::Status::OK;
  }

  void break_streams() {
    for (grpc::ServerContext* context : contexts_) context->TryCancel();
  }

  void write(const v1::DecideResponse& response) {
    if (newest_ != nullptr) newest_->Write(response);
  }

 private:
  void hear(const v1::DecideRequest& batch) {
    ++owner_.batch_count_;
    for (const v1::AttemptReport& report : batch.reports()) owner_.reports_.push_back(report);
    for (const v1::LeadEnd& end : batch.lead_ends()) owner_.lead_ends_.push_back(end);
    for (const v1::RouteQuery& query : batch.queries()) {
      owner_.queries_.push_back(query);
      kept_.push_back(query);
    }
  }

  void send(Stream& stream) {
    if (kept_.size() < owner_.reverse_count_) return;
    if (owner_.reverse_count_ > 0) std::reverse(kept_.begin(), kept_.end());
    v1::DecideResponse response;
    for (const v1::RouteQuery& query : kept_) {
      auto decision = owner_.script_ ? owner_.script_(query) : std::nullopt;
      if (!decision) continue;
      decision->set_id(query.id());
      *response.add_decisions() = std::move(*decision);
    }
    kept_.clear();
    if (response.decisions_size() > 0) stream.Write(response);
  }

  FakeControlPlane& owner_;
  std::set<grpc::ServerContext*> contexts_;
  Stream* newest_ = nullptr;
  std::vector<v1::RouteQuery> kept_;
};

class FakeControlPlane::Config final : public v1::ConfigService::Service {
 public:
  explicit Config(FakeControlPlane& owner) : owner_(owner) {}

  grpc::Status WatchSnapshot(grpc::ServerContext* context, const v1::WatchSnapshotRequest*,
                             grpc::ServerWriter<v1::WatchSnapshotResponse>* stream) override {
    std::unique_lock lock(owner_.mutex_);
    std::size_t sent = owner_.published_.empty() ? 0 : owner_.published_.size() - 1;
    while (!owner_.stopping_ && !context->IsCancelled()) {
      if (const grpc::Status failure = owner_.failure(); !failure.ok()) return failure;
      if (sent < owner_.published_.size()) {
        stream->Write(owner_.published_[sent++]);
        continue;
      }
      // A cancelled call wakes nobody.
      owner_.changed_.wait_for(lock, std::chrono::milliseconds(20));
    }
    return grpc::Status::OK;
  }

  grpc::Status AcknowledgeSnapshot(grpc::ServerContext*, const v1::AcknowledgeSnapshotRequest* request,
                                   v1::AcknowledgeSnapshotResponse*) override {
    std::unique_lock lock(owner_.mutex_);
    owner_.acknowledgements_.push_back(*request);
    owner_.changed_.notify_all();
    owner_.changed_.wait(lock, [&] { return !owner_.holds_acknowledgements_ || owner_.stopping_; });
    return owner_.failure();
  }

 private:
  FakeControlPlane& owner_;
};

class FakeControlPlane::Admin final : public v1::AdminService::Service {
 public:
  explicit Admin(FakeControlPlane& owner) : owner_(owner) {}

  grpc::Status ListProviders(grpc::ServerContext*, const v1::ListProvidersRequest*,
                             v1::ListProvidersResponse* response) override {
    const std::lock_guard lock(owner_.mutex_);
    *response = owner_.listing_;
    return owner_.failure();
  }

  grpc::Status ReloadConfig(grpc::ServerContext*, const v1::ReloadConfigRequest*,
                            v1::ReloadConfigResponse* response) override {
    const std::lock_guard lock(owner_.mutex_);
    *response = owner_.reload_response_;
    return owner_.failure();
  }

 private:
  FakeControlPlane& owner_;
};

class FakeControlPlane::Responses final : public v1::ResponseService::Service {
 public:
  explicit Responses(FakeControlPlane& owner) : owner_(owner) {}

  grpc::Status StoreResponse(grpc::ServerContext*, const v1::StoreResponseRequest* request,
                             v1::StoreResponseResponse*) override {
    const std::lock_guard lock(owner_.mutex_);
    owner_.stored_.push_back(*request);
    owner_.changed_.notify_all();
    return owner_.failure();
  }

  grpc::Status FetchResponse(grpc::ServerContext*, const v1::FetchResponseRequest* request,
                             v1::FetchResponseResponse* response) override {
    const std::lock_guard lock(owner_.mutex_);
    if (const grpc::Status failure = owner_.failure(); !failure.ok()) return failure;
    if (!owner_.fetch_script_) return {grpc::StatusCode::NOT_FOUND, "not stored"};
    return owner_.fetch_script_(*request, *response);
  }

  grpc::Status JoinResponse(grpc::ServerContext* context, const v1::JoinResponseRequest* request,
                            v1::JoinResponseResponse* response) override {
    std::unique_lock lock(owner_.mutex_);
    ++owner_.join_count_;
    owner_.changed_.notify_all();
    if (const grpc::Status failure = owner_.failure(); !failure.ok()) return failure;
    if (!owner_.holds_joins_) {
      if (!owner_.join_script_) return {grpc::StatusCode::NOT_FOUND, "nobody makes it"};
      return owner_.join_script_(*request, *response);
    }
    // A cancelled call wakes nobody.
    while (!context->IsCancelled() && !owner_.stopping_) {
      owner_.changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
    ++owner_.cancelled_join_count_;
    owner_.changed_.notify_all();
    return grpc::Status::CANCELLED;
  }

 private:
  FakeControlPlane& owner_;
};

FakeControlPlane::FakeControlPlane() {
  socket_path_ = folder_ / "socket";
  routing_ = std::make_unique<Routing>(*this);
  config_ = std::make_unique<Config>(*this);
  admin_ = std::make_unique<Admin>(*this);
  responses_ = std::make_unique<Responses>(*this);
}

FakeControlPlane::~FakeControlPlane() { stop(); }

void FakeControlPlane::start() {
  stopping_ = false;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(target(), grpc::InsecureServerCredentials());
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 1'000);
  builder.RegisterService(routing_.get());
  builder.RegisterService(config_.get());
  builder.RegisterService(admin_.get());
  builder.RegisterService(responses_.get());
  builder.SetMaxReceiveMessageSize(12 << 20);
  server_ = builder.BuildAndStart();
  if (!server_) throw std::runtime_error("the fake control plane cannot listen");
}

void FakeControlPlane::stop() {
  if (!server_) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

std::shared_ptr<grpc::Channel> FakeControlPlane::in_process_channel() { return server_->InProcessChannel({}); }

void FakeControlPlane::answer(Script script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

void FakeControlPlane::answer_in_reverse(std::size_t count) {
  const std::lock_guard lock(mutex_);
  reverse_count_ = count;
}

void FakeControlPlane::answer_late(std::uint64_t query_id, v1::RouteDecision decision) {
  const std::lock_guard lock(mutex_);
  v1::DecideResponse response;
  decision.set_id(query_id);
  *response.add_decisions() = std::move(decision);
  routing_->write(response);
}

void FakeControlPlane::push_wanted(const std::string& signature) {
  const std::lock_guard lock(mutex_);
  v1::DecideResponse response;
  response.add_wanted_leads()->set_signature(signature);
  routing_->write(response);
}

void FakeControlPlane::answer_fetches(FetchScript script) {
  const std::lock_guard lock(mutex_);
  fetch_script_ = std::move(script);
}

void FakeControlPlane::answer_joins(JoinScript script) {
  const std::lock_guard lock(mutex_);
  join_script_ = std::move(script);
}

void FakeControlPlane::hold_joins() {
  const std::lock_guard lock(mutex_);
  holds_joins_ = true;
}

void FakeControlPlane::break_decide_streams() {
  const std::lock_guard lock(mutex_);
  routing_->break_streams();
}

void FakeControlPlane::fail_calls(grpc::StatusCode code) {
  const std::lock_guard lock(mutex_);
  failure_ = code;
  if (code != grpc::StatusCode::OK) routing_->break_streams();
  changed_.notify_all();
}

void FakeControlPlane::hold_acknowledgements() {
  const std::lock_guard lock(mutex_);
  holds_acknowledgements_ = true;
}

void FakeControlPlane::release_acknowledgements() {
  const std::lock_guard lock(mutex_);
  holds_acknowledgements_ = false;
  changed_.notify_all();
}

void FakeControlPlane::publish(v1::WatchSnapshotResponse message) {
  const std::lock_guard lock(mutex_);
  published_.push_back(std::move(message));
  changed_.notify_all();
}

void FakeControlPlane::set_listing(v1::ListProvidersResponse listing) {
  const std::lock_guard lock(mutex_);
  listing_ = std::move(listing);
}

void FakeControlPlane::set_reload_response(v1::ReloadConfigResponse response) {
  const std::lock_guard lock(mutex_);
  reload_response_ = std::move(response);
}

std::vector<v1::RouteQuery> FakeControlPlane::queries() const {
  const std::lock_guard lock(mutex_);
  return queries_;
}

std::vector<v1::AttemptReport> FakeControlPlane::reports() const {
  const std::lock_guard lock(mutex_);
  return reports_;
}

std::vector<v1::LeadEnd> FakeControlPlane::lead_ends() const {
  const std::lock_guard lock(mutex_);
  return lead_ends_;
}

std::vector<v1::StoreResponseRequest> FakeControlPlane::stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

std::size_t FakeControlPlane::join_count() const {
  const std::lock_guard lock(mutex_);
  return join_count_;
}

std::size_t FakeControlPlane::cancelled_join_count() const {
  const std::lock_guard lock(mutex_);
  return cancelled_join_count_;
}

std::size_t FakeControlPlane::batch_count() const {
  const std::lock_guard lock(mutex_);
  return batch_count_;
}

std::size_t FakeControlPlane::decide_stream_count() const {
  const std::lock_guard lock(mutex_);
  return decide_stream_count_;
}

std::vector<v1::AcknowledgeSnapshotRequest> FakeControlPlane::acknowledgements() const {
  const std::lock_guard lock(mutex_);
  return acknowledgements_;
}

bool FakeControlPlane::wait_until(const std::function<bool()>& condition) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    std::unique_lock lock(mutex_);
    if (std::chrono::steady_clock::now() > deadline) return false;
    // Conditions may also read what changes elsewhere.
    changed_.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace balancer::gateway
