#include "gateway/controlplane_client/config_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "gateway/controlplane_client/snapshot_decoding.hpp"
#include "gateway/controlplane_client/unary_call.hpp"

namespace balancer::gateway {
namespace {

// What a WatchCall hears, on gRPC's threads.
struct WatchEvents {
  std::function<void(v1::WatchSnapshotResponse)> on_message;
  // The peer sent what is no message. The call ends.
  std::function<void()> on_unreadable;
  std::function<void(grpc::Status)> on_end;
};

// One WatchSnapshot stream. Lives until gRPC is done with it. A generic stub knows no server streaming: on the wire it is
// a bidirectional stream with one message upwards.
class WatchCall final : public grpc::ClientBidiReactor<v1::WatchSnapshotRequest, grpc::ByteBuffer> {
 public:
  static void start(ConfigWatchStub& stub, std::shared_ptr<LiveCalls> calls, const v1::GatewayIdentity& identity,
                    WatchEvents events) {
    auto call = std::make_unique<WatchCall>();
    call->calls_ = std::move(calls);
    call->events_ = std::move(events);
    *call->request_.mutable_gateway() = identity;
    // The stream is to open in the moment in which the channel does.
    call->context_.set_wait_for_ready(true);
    if (!call->calls_->add(call->context_)) return;
    WatchCall* const reactor = call.release();
    stub.PrepareBidiStreamingCall(&reactor->context_, "/balancer.controlplane.v1.ConfigService/WatchSnapshot", {},
                                  reactor);
    reactor->StartWriteLast(&reactor->request_, {});
    reactor->StartRead(&reactor->bytes_);
    reactor->StartCall();
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    v1::WatchSnapshotResponse message;
    if (!grpc::SerializationTraits<v1::WatchSnapshotResponse>::Deserialize(&bytes_, &message).ok()) {
      events_.on_unreadable();
      context_.TryCancel();
      return;
    }
    events_.on_message(std::move(message));
    bytes_.Clear();
    StartRead(&bytes_);
  }

  void OnDone(const grpc::Status& status) override {
    events_.on_end(status);
    const std::shared_ptr<LiveCalls> calls = calls_;
    calls->retire(std::shared_ptr<WatchCall>(this), context_);
  }

  std::shared_ptr<LiveCalls> calls_;
  WatchEvents events_;
  v1::WatchSnapshotRequest request_;
  grpc::ByteBuffer bytes_;
  grpc::ClientContext context_;
};

bool is_cooling(const HeardStatus& status) { return status.cooling_until || !status.cooling_models.empty(); }

// What the control plane is being told it does not know yet, and must not take from who tells it.
void keep_told(const std::vector<HeardStatus>& told, ProviderStatuses& statuses) {
  for (const HeardStatus& known : told) {
    const auto said = std::find_if(statuses.statuses.begin(), statuses.statuses.end(),
                                   [&](const HeardStatus& status) { return status.provider == known.provider; });
    if (said != statuses.statuses.end() && !is_cooling(*said)) *said = known;
  }
}

}  // namespace

ConfigWatch::ConfigWatch(std::shared_ptr<grpc::Channel> channel, asio::io_context& context,
                         std::shared_ptr<LiveCalls> calls, std::shared_ptr<ControlPlaneNews> news,
                         v1::GatewayIdentity identity, std::string cache_file, std::uint64_t seed,
                         Events events)
    : stub_(v1::ConfigService::NewStub(channel)),
      watch_stub_(channel),
      context_(context),
      calls_(std::move(calls)),
      news_(std::move(news)),
      identity_(std::move(identity)),
      backoff_(seed),
      reconnect_timer_(context),
      events_(std::move(events)) {
  if (!cache_file.empty()) cache_.emplace(std::move(cache_file));
}

void ConfigWatch::offer_cached() {
  if (!cache_) return;
  const Result<std::string> bytes = cache_->load();
  if (!bytes) {
    if (bytes.error().code == ErrorCode::kNotFound) return;
    log::warn("cached snapshot not used", {{"reason", bytes.error().message}});
    return;
  }
  v1::Snapshot message;
  if (!message.ParseFromString(*bytes)) {
    log::warn("cached snapshot not used", {{"reason", "not a snapshot"}});
    return;
  }
  if (const auto reason = apply(message)) {
    log::warn("cached snapshot not used", {{"reason", *reason}});
    return;
  }
  log::info("cached snapshot applied", {{"version", message.version()}});
}

void ConfigWatch::connect() {
  heard_ = false;
  WatchEvents events{
      .on_message =
          [this](v1::WatchSnapshotResponse message) {
            asio::post(context_, [this, message = std::move(message)] { receive(message); });
          },
      .on_unreadable = [this] { asio::post(context_, [this] { receive_unreadable(); }); },
      .on_end =
          [this](grpc::Status status) {
            asio::post(context_, [this, status = std::move(status)] { on_ended(status); });
          }};
  WatchCall::start(watch_stub_, calls_, identity_, std::move(events));
}

void ConfigWatch::receive(const v1::WatchSnapshotResponse& message) {
  const bool first = !std::exchange(heard_, true);
  if (first && !message.has_snapshot()) reject(0, "the stream does not start with a snapshot");
  std::vector<HeardStatus> told;
  if (message.has_snapshot()) told = take_snapshot(message.snapshot());
  if (first || message.provider_statuses_size() > 0) {
    const auto scope =
        first ? ProviderStatuses::Scope::kEveryProvider : ProviderStatuses::Scope::kChangedProviders;
    ProviderStatuses statuses =
        decode_statuses(message.provider_statuses(), scope, std::chrono::steady_clock::now());
    keep_told(told, statuses);
    news_->publish(statuses);
  }
  if (message.has_rotation()) tell_drain(message.rotation().drain());
  if (first) {
    backoff_.reset();
    telling_ = !told.empty();
    if (!telling_) news_->publish_alive();
    log::info("control plane connected", {{"version", message.snapshot().version()}});
  }
}

void ConfigWatch::receive_unreadable() {
  log::error("what the control plane sent cannot be read; the stream is opened anew");
  reject(0, "a message that cannot be read");
}

std::vector<HeardStatus> ConfigWatch::take_snapshot(const v1::Snapshot& message) {
  if (applied_ && applied_->epoch == message.epoch() && message.version() <= applied_->version) {
    if (message.version() == applied_->version) {
      acknowledge(message.version(), "");
    } else {
      reject(message.version(), fmt::format("older than version {}, which is in use", applied_->version));
    }
    return {};
  }
  const bool new_epoch = applied_ && applied_->epoch != message.epoch();
  // What the control plane before this one was told to want of it, this one does not know.
  if (new_epoch) tell_drain(false);
  if (std::optional<std::string> reason = apply(message)) {
    log::error("snapshot refused; the former one stays", {{"version", message.version()}, {"reason", *reason}});
    reject(message.version(), std::move(*reason));
    return {};
  }
  log::info("snapshot applied", {{"version", message.version()}});
  std::vector<HeardStatus> told;
  if (new_epoch) told = news_->known();
  std::erase_if(told, [](const HeardStatus& status) { return !is_cooling(status); });
  acknowledge(message.version(), "", told);
  remember(message);
  return told;
}

std::optional<std::string> ConfigWatch::apply(const v1::Snapshot& message) {
  Result<Snapshot> snapshot = decode_snapshot(message);
  if (!snapshot) return snapshot.error().message;
  auto reason = events_.on_snapshot(std::make_shared<const Snapshot>(std::move(*snapshot)));
  if (reason) return reason->empty() ? "refused" : std::move(reason);
  applied_ = {message.epoch(), message.version()};
  return std::nullopt;
}

void ConfigWatch::tell_drain(bool drain) const {
  if (events_.on_drain) events_.on_drain(drain);
}

void ConfigWatch::acknowledge(std::uint64_t version, std::string rejection_reason,
                              const std::vector<HeardStatus>& remembered) {
  v1::AcknowledgeSnapshotRequest request;
  const auto now = std::chrono::steady_clock::now();
  for (const HeardStatus& status : remembered) {
    encode_status(status, now, *request.add_known_statuses());
  }
  *request.mutable_gateway() = identity_;
  request.set_snapshot_version(version);
  request.set_rejection_reason(std::move(rejection_reason));
  start_unary_call<v1::AcknowledgeSnapshotResponse>(
      calls_, std::move(request), kUnaryDeadline,
      [this](auto* context, const auto* message, auto* response, auto callback) {
        stub_->async()->AcknowledgeSnapshot(context, message, response, std::move(callback));
      },
      [this, told = !remembered.empty()](const grpc::Status& status, const auto&) {
        if (!status.ok()) {
          log::warn("snapshot not acknowledged", {{"code", static_cast<int>(status.error_code())}});
        }
        asio::post(context_, [this, told] { on_acknowledged(told); });
      });
}

void ConfigWatch::reject(std::uint64_t version, std::string reason) {
  ++rejected_count_;
  acknowledge(version, std::move(reason));
}

// Heard or not: a control plane that does not take it in must not be waited for.
void ConfigWatch::on_acknowledged(bool told) {
  if (told && std::exchange(telling_, false)) news_->publish_alive();
}

void ConfigWatch::remember(const v1::Snapshot& message) {
  if (!cache_) return;
  const Result<void> stored = cache_->store(message.SerializeAsString());
  if (!stored) log::warn("snapshot not cached", {{"reason", stored.error().message}});
}

void ConfigWatch::on_ended(const grpc::Status& status) {
  if (calls_->closed()) return;
  telling_ = false;
  if (heard_) {
    news_->publish_lost();
    log::warn("control plane lost", {{"code", static_cast<int>(status.error_code())}});
  }
  reconnect_timer_.expires_after(backoff_.next());
  reconnect_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) connect();
  });
}

}  // namespace balancer::gateway
