#include "controlplane/cli/client/http_probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "common/text/ascii.hpp"
#include "controlplane/cli/client/probe_connection.hpp"

namespace balancer::controlplane::cli {
namespace {

namespace http = boost::beast::http;

constexpr std::uint64_t kMaxBodyBytes = 8 << 20;

http::request<http::string_body> message_of(const ProbeRequest& request, const BaseUrl& server) {
  http::request<http::string_body> message;
  message.method_string(request.method);
  message.target(server.prefix + request.path);
  message.version(11);
  message.set(http::field::host, server.authority());
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

void take_head(const http::response<http::string_body>& message, ProbeAnswer& answer) {
  answer.status = static_cast<int>(message.result_int());
  for (const auto& field : message) answer.headers.emplace_back(field.name_string(), field.value());
}

class Conversation {
 public:
  Conversation(const BaseUrl& server, const ProbeRequest& request, ProbeLimits limits)
      : server_(server), request_(request), limits_(limits), connection_(start_) {}

  ProbeAnswer hold(const std::string& ca_file) {
    if (connect(ca_file) && send() && read_head()) read_body();
    answer_.ended_at = now();
    return std::move(answer_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] Milliseconds now() const {
    return std::chrono::duration_cast<Milliseconds>(Clock::now() - start_);
  }

  bool fail(ProbeStage stage, const ProbeError& error, Milliseconds limit) {
    std::string reason = error.timed_out ? fmt::format("nothing within {} ms", limit.count()) : error.reason;
    answer_.failure = ProbeFailure{stage, error.timed_out, std::move(reason)};
    return false;
  }

  bool connect(const std::string& ca_file) {
    const Milliseconds limit = std::min(limits_.connect, limits_.total);
    const auto lookup = look_up(server_.host, server_.port, limit);
    if (lookup.endpoints.empty()) {
      answer_.failure = ProbeFailure{ProbeStage::kNameLookup, false, lookup.failure};
      return false;
    }
    connection_.set_deadline(start_ + limit);
    if (const auto error = connection_.connect(lookup.endpoints)) return fail(ProbeStage::kConnect, *error, limit);
    if (server_.tls) {
      if (const auto error = connection_.start_tls(server_.host, ca_file)) return fail(ProbeStage::kTls, *error, limit);
    }
    answer_.connected_at = now();
    connection_.set_deadline(start_ + limits_.total);
    return true;
  }

  bool send() {
    auto message = message_of(request_, server_);
    const auto error = connection_.run([&](auto& stream, auto done) { http::async_write(stream, message, done); });
    return error ? fail(ProbeStage::kRequest, *error, limits_.total) : true;
  }

  bool read_head() {
    parser_.body_limit(kMaxBodyBytes);
    if (request_.method == "HEAD") parser_.skip(true);
    const auto error =
        connection_.run([&](auto& stream, auto done) { http::async_read_header(stream, buffer_, parser_, done); });
    if (error) return fail(ProbeStage::kHead, *error, limits_.total);
    answer_.head_at = now();
    take_head(parser_.get(), answer_);
    return true;
  }

  void read_body() {
    note_arrival();
    while (!parser_.is_done()) {
      const auto error =
          connection_.run([&](auto& stream, auto done) { http::async_read_some(stream, buffer_, parser_, done); });
      note_arrival();
      if (error) {
        fail(ProbeStage::kBody, *error, limits_.total);
        break;
      }
    }
    answer_.body = std::move(parser_.get().body());
  }

  void note_arrival() {
    const std::size_t size = parser_.get().body().size();
    if (size > (answer_.arrivals.empty() ? 0 : answer_.arrivals.back().body_size)) {
      answer_.arrivals.push_back({size, now()});
    }
  }

  const Clock::time_point start_ = Clock::now();
  const BaseUrl& server_;
  const ProbeRequest& request_;
  const ProbeLimits limits_;
  ProbeAnswer answer_;
  ProbeConnection connection_;
  boost::beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

}  // namespace

std::string_view ProbeAnswer::header(std::string_view name) const {
  const auto field =
      std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return ascii_iequal(each.first, name); });
  return field == headers.end() ? std::string_view() : std::string_view(field->second);
}

ProbeAnswer HttpProbe::ask(const ProbeRequest& request, ProbeLimits limits) const {
  return Conversation(server_, request, limits).hold(ca_file_);
}

}  // namespace balancer::controlplane::cli
