#include "tests/integration/support/load.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "tests/integration/support/load_question.hpp"

namespace balancer::integration {
namespace {

using Steady = std::chrono::steady_clock;

bool keeps_alive(const fakes::HttpResponse& response) {
  return response.complete && response.headers.value("connection") != "close";
}

}  // namespace

SteadyLoad::SteadyLoad(LoadOptions options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.clients; ++i) {
    clients_.emplace_back([this, port = options_.ports.at(i % options_.ports.size())] { run_client(port); });
  }
}

SteadyLoad::~SteadyLoad() { stop(); }

void SteadyLoad::wait_for_answers(std::size_t count) {
  std::unique_lock lock(mutex_);
  // One answer per client may belong to an earlier question.
  const std::size_t wanted = result_.answer_count + options_.clients + count;
  changed_.wait(lock, [&] { return result_.answer_count >= wanted; });
}

LoadResult SteadyLoad::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& client : clients_) client.join();
  clients_.clear();
  return result_;
}

void SteadyLoad::run_client(std::uint16_t port) {
  const fakes::ClientOptions client{.port = port, .deadline = options_.client_timeout};
  std::optional<fakes::HttpConnection> connection;
  bool streaming = false;
  do {
    streaming = !streaming;
    const auto asked = Steady::now();
    std::string fault;
    try {
      if (!connection) connection.emplace(client);
      const auto response = connection->post("/v1/messages", load_question(question_count_++, streaming));
      fault = fault_of(response, streaming);
      if (!keeps_alive(response)) connection.reset();
    } catch (const fakes::ConversationError& error) {
      fault = error.what();
      connection.reset();
    }
    record(std::move(fault), Steady::now() - asked);
  } while (pause());
}

void SteadyLoad::record(std::string failure, Steady::duration took) {
  {
    const std::lock_guard lock(mutex_);
    ++result_.answer_count;
    if (!failure.empty()) result_.failures.push_back(std::move(failure));
    result_.slowest = std::max(result_.slowest, std::chrono::ceil<std::chrono::milliseconds>(took));
  }
  changed_.notify_all();
}

bool SteadyLoad::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, options_.pause, [this] { return stopping_; });
}

}  // namespace balancer::integration
