// A Decide stream over HTTP/2 by hand, and the peer that answers it frame by frame.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/controlplane_client/http2_decide_call.hpp"
#include "tests/unit/gateway/controlplane_client/http2_peer.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {

inline constexpr std::uint16_t kInitialWindowSize = 4;

inline std::string answer(std::initializer_list<std::uint64_t> ids) {
  v1::DecideResponse response;
  for (const std::uint64_t id : ids) response.add_decisions()->set_id(id);
  return http2::message(response.SerializeAsString());
}

class Http2DecideCallTest : public testing::Test {
 protected:
  ~Http2DecideCallTest() override {
    io_.run([&] { call_.reset(); });
  }

  void start(const ListenAddress& address, ConnectionPatience patience = {}) {
    io_.run([&] {
      call_ = Http2DecideCall::start(io_.wheel(), address, [this] { on_wake(); }, patience);
    });
  }
  void start() { start(peer_.address()); }

  // A stream whose peer has taken the request.
  void open(std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> settings = {}) {
    start();
    peer_.accept();
    ASSERT_TRUE(peer_.is_greeted());
    peer_.send(http2::settings(settings));
    ASSERT_TRUE(peer_.read(http2::kHeaders));
  }

  // False while the former batch is under way.
  bool write(std::string gateway_id) {
    bool written = false;
    io_.run([&] {
      v1::DecideRequest batch;
      batch.set_gateway_id(std::move(gateway_id));
      written = call_->try_write(batch);
    });
    return written;
  }

  [[nodiscard]] static std::string body_of(std::string gateway_id) {
    v1::DecideRequest batch;
    batch.set_gateway_id(std::move(gateway_id));
    return http2::message(batch.SerializeAsString());
  }

  [[nodiscard]] bool wait_for(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), condition);
  }

  [[nodiscard]] grpc::StatusCode end_of_call() {
    EXPECT_TRUE(wait_for([&] { return end_.has_value(); })) << "the call goes on";
    const std::lock_guard lock(mutex_);
    return end_ ? end_->error_code() : grpc::StatusCode::DO_NOT_USE;
  }

  Http2Peer peer_;
  IoThread io_;
  std::unique_ptr<Http2DecideCall> call_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> heard_;
  int wake_count_ = 0;
  std::optional<grpc::Status> end_;
  std::optional<std::string> unsent_;

  // As DecideStream does.
  void on_wake() {
    const std::lock_guard lock(mutex_);
    ++wake_count_;
    call_->take(news_);
    for (const auto& reply : news_.replies) {
      for (const auto& decision : reply->message().decisions()) heard_.push_back(decision.id());
    }
    if (news_.status) {
      end_ = news_.status;
      if (const auto* batch = call_->unsent_batch()) unsent_ = batch->gateway_id();
      news_ = {};
      call_.reset();
    }
    changed_.notify_all();
  }

  DecideCall::News news_;
};

}  // namespace balancer::gateway
