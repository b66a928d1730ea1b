// A control plane made of real gRPC services and a script: it says what it is told to say, and remembers what it heard.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "balancer/controlplane/v1/config.grpc.pb.h"
#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "tests/fakes/temp_dir.hpp"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// A plan that names these providers, in this order.
[[nodiscard]] v1::RouteDecision plan_of(const std::vector<std::string>& providers);

// Providers "a" and "b" of one route "*" with the strategy `priority`.
[[nodiscard]] v1::Snapshot valid_snapshot(std::uint64_t version);

// Thread-safe. Not started: nobody listens at its address.
class FakeControlPlane {
 public:
  FakeControlPlane();
  ~FakeControlPlane();
  FakeControlPlane(const FakeControlPlane&) = delete;
  FakeControlPlane& operator=(const FakeControlPlane&) = delete;

  // Listens on a Unix socket of its own; the same one after every stop().
  void start();
  // Breaks every stream.
  void stop();
  [[nodiscard]] std::string target() const { return "unix:" + socket_path_; }
  // While started.
  [[nodiscard]] std::shared_ptr<grpc::Channel> in_process_channel();

  // How every query is answered from now on; nothing for no answer at all.
  using Script = std::function<std::optional<v1::RouteDecision>(const v1::RouteQuery&)>;
  void answer(Script script);
  // Queries are kept until `count` have come, then answered, the last one first.
  void answer_in_reverse(std::size_t count);
  // Answers, on its newest Decide stream, a query that it left open.
  void answer_late(std::uint64_t query_id, v1::RouteDecision decision);
  // Ends the Decide streams with an error.
  void break_decide_streams();

  // Sent to every present watcher; the last snapshot also to those who come later, with `statuses`.
  void publish(v1::WatchSnapshotResponse message);
  void set_listing(v1::ListProvidersResponse listing);
  void set_reload_response(v1::ReloadConfigResponse response);

  [[nodiscard]] std::vector<v1::RouteQuery> queries() const;
  [[nodiscard]] std::vector<v1::AttemptReport> reports() const;
  [[nodiscard]] std::size_t batch_count() const;
  [[nodiscard]] std::vector<v1::AcknowledgeSnapshotRequest> acknowledgements() const;

  // True as soon as `condition` holds, false if it does not within a generous time. `condition` uses the accessors above.
  [[nodiscard]] bool wait_until(const std::function<bool()>& condition) const;

 private:
  class Routing;
  class Config;
  class Admin;

  fakes::TempDir folder_;
  std::string socket_path_;
  std::unique_ptr<Routing> routing_;
  std::unique_ptr<Config> config_;
  std::unique_ptr<Admin> admin_;
  std::unique_ptr<grpc::Server> server_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Script script_;
  std::size_t reverse_count_ = 0;
  std::vector<v1::RouteQuery> queries_;
  std::vector<v1::AttemptReport> reports_;
  std::size_t batch_count_ = 0;
  std::vector<v1::AcknowledgeSnapshotRequest> acknowledgements_;
  std::deque<v1::WatchSnapshotResponse> published_;
  v1::ListProvidersResponse listing_;
  v1::ReloadConfigResponse reload_response_;
  bool stopping_ = false;
};

}  // namespace balancer::gateway
