// A provider on a real socket that does what a test scripted and remembers what it was sent.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/header_fields.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/message_reader.hpp"
#include "tests/fakes/provider_answers.hpp"
#include "tests/fakes/response_player.hpp"
#include "tests/fakes/scripted_response.hpp"

namespace balancer::fakes {

// One request as it arrived.
struct RecordedRequest {
  std::string request_line;
  std::string method;
  std::string target;
  HeaderFields headers;
  // De-chunked.
  std::string body;
  // Every byte, framing included.
  std::string raw;
  // False when the client left, or stopped speaking HTTP, before the end. Such a request gets no answer.
  bool complete = false;
  // Which connection carried it, counted from 0 in the order of acceptance.
  std::size_t connection = 0;
  // The name asked for through TLS SNI, if any.
  std::string server_name;
};

// Listens on 127.0.0.1, on a port of its own, from construction to destruction. Any method may be called from any
// thread. Requests take the queued scripts in the order in which they finish arriving, on whichever connection;
// when the queue is empty, always() answers; without one, a 500 that says so.
class FakeProvider {
 public:
  using Responder = std::function<ScriptedResponse(const RecordedRequest&)>;

  FakeProvider();
  // Speaks HTTPS.
  explicit FakeProvider(TlsIdentity identity);
  ~FakeProvider();
  FakeProvider(const FakeProvider&) = delete;
  FakeProvider& operator=(const FakeProvider&) = delete;

  void enqueue(ScriptedResponse script);
  void always(ScriptedResponse script);
  // Called on connection threads.
  void always(Responder responder);
  // Forgets queued scripts that no request has taken.
  void clear_queue();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  // "http://127.0.0.1:PORT", or https.
  [[nodiscard]] std::string base_url() const;

  // The first kMaxRecorded requests; request_count() counts all.
  static constexpr std::size_t kMaxRecorded = 2000;
  [[nodiscard]] std::vector<RecordedRequest> requests() const;
  [[nodiscard]] std::size_t request_count() const;
  [[nodiscard]] std::size_t connections_accepted() const { return server_->accepted(); }
  // Connections that the client ended: idle ones, and ones whose answer it no longer wanted.
  [[nodiscard]] std::size_t connections_closed_by_client() const;

  // Success as soon as so many have been seen in all; failure with the count once the time is over.
  [[nodiscard]] testing::AssertionResult wait_for_requests(
      std::size_t count, std::chrono::milliseconds within = std::chrono::seconds(10)) const;
  [[nodiscard]] testing::AssertionResult wait_for_client_disconnect(
      std::size_t count = 1, std::chrono::milliseconds within = std::chrono::seconds(10)) const;

 private:
  void serve(Socket socket, const Latch& stop);
  Played serve_one(Socket& socket, MessageReader& reader, std::size_t connection, const Latch& stop);
  void record(const RecordedRequest& request);
  void record_locked(const RecordedRequest& request);
  // Records the request in the same breath, so that both orders agree.
  ScriptedResponse next_script(const RecordedRequest& request);
  void count_disconnect();

  std::optional<TlsIdentity> identity_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<ScriptedResponse> queue_;
  Responder default_;
  std::vector<RecordedRequest> recorded_;
  std::size_t request_count_ = 0;
  std::size_t connection_count_ = 0;
  std::size_t closed_by_client_ = 0;

  // Last: its threads use everything above.
  std::optional<LoopbackServer> server_;
};

}  // namespace balancer::fakes
