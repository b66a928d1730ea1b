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
#include "balancer/controlplane/v1/response.grpc.pb.h"
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
  // Says, on its newest Decide stream, that somebody waits for that answer.
  void push_wanted(const std::string& signature);
  // Ends the Decide streams with an error.
  void break_decide_streams();

  // Ends every stream, and answers every call from now on, with this status; with OK, calls are served again. The health
  // service goes on calling itself ready.
  void fail_calls(grpc::StatusCode code);

  // Acknowledgements are heard, but answered only when they are let go.
  void hold_acknowledgements();
  void release_acknowledgements();

  // Sent to every present watcher; the last snapshot also to those who come later, with `statuses`.
  void publish(v1::WatchSnapshotResponse message);
  void set_listing(v1::ListProvidersResponse listing);
  void set_reload_response(v1::ReloadConfigResponse response);

  // How FetchResponse and JoinResponse are answered from now on; at first with NOT_FOUND.
  using FetchScript = std::function<grpc::Status(const v1::FetchResponseRequest&, v1::FetchResponseResponse&)>;
  using JoinScript = std::function<grpc::Status(const v1::JoinResponseRequest&, v1::JoinResponseResponse&)>;
  void answer_fetches(FetchScript script);
  void answer_joins(JoinScript script);
  // JoinResponse calls are held until they are cancelled.
  void hold_joins();

  [[nodiscard]] std::vector<v1::LeadEnd> lead_ends() const;
  [[nodiscard]] std::vector<v1::StoreResponseRequest> stored() const;
  // JoinResponse calls that have come, and those that were cancelled.
  [[nodiscard]] std::size_t join_count() const;
  [[nodiscard]] std::size_t cancelled_join_count() const;

  [[nodiscard]] std::vector<v1::RouteQuery> queries() const;
  [[nodiscard]] std::vector<v1::AttemptReport> reports() const;
  [[nodiscard]] std::size_t batch_count() const;
  // Decide streams that were ever opened.
  [[nodiscard]] std::size_t decide_stream_count() const;
  [[nodiscard]] std::vector<v1::AcknowledgeSnapshotRequest> acknowledgements() const;

  // True as soon as `condition` holds, false if it does not within a generous time. `condition` uses the accessors above.
  [[nodiscard]] bool wait_until(const std::function<bool()>& condition) const;

 private:
  // What calls are to fail with; under the lock.
  [[nodiscard]] grpc::Status failure() const { return {failure_, failure_ == grpc::StatusCode::OK ? "" : "as scripted"}; }

  class Routing;
  class Config;
  class Admin;
  class Responses;

  fakes::TempDir folder_;
  std::string socket_path_;
  std::unique_ptr<Routing> routing_;
  std::unique_ptr<Config> config_;
  std::unique_ptr<Admin> admin_;
  std::unique_ptr<Responses> responses_;
  std::unique_ptr<grpc::Server> server_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  grpc::StatusCode failure_ = grpc::StatusCode::OK;
  Script script_;
  std::size_t reverse_count_ = 0;
  std::vector<v1::RouteQuery> queries_;
  std::vector<v1::AttemptReport> reports_;
  std::vector<v1::LeadEnd> lead_ends_;
  std::vector<v1::StoreResponseRequest> stored_;
  FetchScript fetch_script_;
  JoinScript join_script_;
  bool holds_joins_ = false;
  std::size_t join_count_ = 0;
  std::size_t cancelled_join_count_ = 0;
  std::size_t batch_count_ = 0;
  std::size_t decide_stream_count_ = 0;
  bool holds_acknowledgements_ = false;
  std::vector<v1::AcknowledgeSnapshotRequest> acknowledgements_;
  std::deque<v1::WatchSnapshotResponse> published_;
  v1::ListProvidersResponse listing_;
  v1::ReloadConfigResponse reload_response_;
  bool stopping_ = false;
};

}  // namespace balancer::gateway
