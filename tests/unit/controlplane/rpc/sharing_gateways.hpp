// Two gateways of one control plane, each with its Decide stream, that share answers over gRPC.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "balancer/controlplane/v1/response.grpc.pb.h"
#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {

inline const std::string kSignature(32, '\x7f');

inline Config sharing_config() {
  Config config = sample_config({"a", "b"});
  config.snapshot.response_sharing.caching = true;
  config.cache.max_entries = 10;
  config.cache.time_to_live = std::chrono::seconds(60);
  return config;
}

inline v1::StoredAnswer answer_of(const std::string& provider, std::int64_t output_token_count = 10) {
  v1::StoredAnswer answer;
  answer.set_message(R"({"type":"message"})");
  answer.set_provider(provider);
  answer.set_upstream_model("model-at-" + provider);
  answer.set_input_token_count(100);
  answer.set_output_token_count(output_token_count);
  return answer;
}

inline v1::RouteQuery question() {
  v1::RouteQuery query;
  query.set_model("claude");
  query.set_signature(kSignature);
  return query;
}

class TestGateway {
 public:
  explicit TestGateway(const std::shared_ptr<grpc::Channel>& channel) {
    set_generous_deadline(context_);
    stream_ = v1::RoutingService::NewStub(channel)->Decide(&context_);
  }
  ~TestGateway() { context_.TryCancel(); }

  v1::RouteDecision ask(v1::RouteQuery query = question()) {
    query.set_id(++last_id_);
    v1::DecideRequest request;
    *request.add_queries() = query;
    EXPECT_TRUE(stream_->Write(request));
    v1::DecideResponse response;
    while (stream_->Read(&response)) {
      wanted_count_ += response.wanted_leads_size();
      if (!response.decisions().empty()) return response.decisions(0);
      for (const v1::WantedLead& wanted : response.wanted_leads()) {
        EXPECT_NE(wanted.signature(), query.signature()) << "wanted before the lead began";
      }
    }
    ADD_FAILURE() << "no decision came";
    return {};
  }
  // All in one batch; until as many decisions have come.
  std::vector<v1::DecideResponse> ask_together(std::size_t count, const v1::RouteQuery& query = question()) {
    v1::DecideRequest request;
    for (std::size_t i = 0; i < count; ++i) {
      v1::RouteQuery& added = *request.add_queries();
      added = query;
      added.set_id(++last_id_);
    }
    EXPECT_TRUE(stream_->Write(request));
    std::vector<v1::DecideResponse> responses;
    v1::DecideResponse response;
    for (std::size_t decided = 0; decided < count && stream_->Read(&response);) {
      decided += static_cast<std::size_t>(response.decisions_size());
      responses.push_back(response);
    }
    return responses;
  }
  void end_lead(std::int64_t local_join_count = 0) {
    v1::DecideRequest request;
    v1::LeadEnd& end = *request.add_lead_ends();
    end.set_signature(kSignature);
    end.set_local_join_count(local_join_count);
    end.set_input_token_count(100);
    end.set_output_token_count(10);
    EXPECT_TRUE(stream_->Write(request));
  }
  // Reads until one is wanted.
  std::string wanted_lead() {
    v1::DecideResponse response;
    while (stream_->Read(&response)) {
      if (!response.wanted_leads().empty()) return response.wanted_leads(0).signature();
    }
    return "(the stream ended)";
  }
  void vanish() {
    context_.TryCancel();
    stream_->Finish();
  }
  [[nodiscard]] int wanted_count() const { return wanted_count_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::DecideRequest, v1::DecideResponse>> stream_;
  std::uint64_t last_id_ = 0;
  int wanted_count_ = 0;
};

struct JoinResult {
  grpc::Status status;
  v1::JoinResponseResponse response;
};

class SharingGateways : public testing::Test {
 protected:
  void serve(const Config& config) {
    served_ = std::make_unique<ServedControlPlane>(config);
    stub_ = v1::ResponseService::NewStub(served_->channel);
    leader_ = std::make_unique<TestGateway>(served_->channel);
    other_ = std::make_unique<TestGateway>(served_->channel);
  }
  void SetUp() override { serve(sharing_config()); }

  std::future<JoinResult> join() {
    return std::async(std::launch::async, [this] {
      grpc::ClientContext context;
      set_generous_deadline(context);
      v1::JoinResponseRequest request;
      request.set_signature(kSignature);
      JoinResult result;
      result.status = stub_->JoinResponse(&context, request, &result.response);
      return result;
    });
  }
  grpc::Status store(const v1::StoredAnswer& answer, const std::string& signature = kSignature,
                     bool cacheable = true) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::StoreResponseRequest request;
    request.set_signature(signature);
    *request.mutable_answer() = answer;
    request.set_cacheable(cacheable);
    v1::StoreResponseResponse response;
    return stub_->StoreResponse(&context, request, &response);
  }
  std::pair<grpc::Status, v1::FetchResponseResponse> fetch(const std::string& signature = kSignature) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::FetchResponseRequest request;
    request.set_signature(signature);
    v1::FetchResponseResponse response;
    const grpc::Status status = stub_->FetchResponse(&context, request, &response);
    return {status, response};
  }
  [[nodiscard]] CacheStats stats() const { return served_->control_plane.responses().stats(); }

  std::unique_ptr<ServedControlPlane> served_;
  std::unique_ptr<v1::ResponseService::Stub> stub_;
  std::unique_ptr<TestGateway> leader_;
  std::unique_ptr<TestGateway> other_;
};

}  // namespace balancer::controlplane
