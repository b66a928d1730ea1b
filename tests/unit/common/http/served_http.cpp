#include "tests/unit/common/http/served_http.hpp"

#include <charconv>

#include "common/error/http_error.hpp"

namespace balancer::http {

ServedHttp::ServedHttp(ServerLimits limits)
    : ServedHttp([this](Exchange& exchange) { return echo(exchange); }, limits) {}

ServedHttp::ServedHttp(ExchangeServer server, ServerLimits limits) {
  const asio::ip::tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
  server_.emplace(wheel_, any_port, limits, std::move(server));
  asio::post(context_, [this] { server_->start(); });
  thread_ = std::thread([this] { context_.run(); });
}

ServedHttp::~ServedHttp() {
  close_all();
  asio::co_spawn(context_, wind_down(), asio::use_future).get();
  thread_.join();
}

asio::awaitable<void> ServedHttp::wind_down() {
  co_await server_->join();
  wheel_.stop();
  work_.reset();
}

void ServedHttp::run_there(std::function<void()> action) {
  std::promise<void> done;
  asio::post(context_, [&] {
    action();
    done.set_value();
  });
  done.get_future().wait();
}

void ServedHttp::stop_accepting() {
  run_there([this] { server_->stop_accepting(); });
}

void ServedHttp::end_exchanges() {
  run_there([this] { server_->end_exchanges(); });
}

void ServedHttp::close_all() {
  run_there([this] { server_->close_all(); });
}

void ServedHttp::join() { asio::co_spawn(context_, server_->join(), asio::use_future).get(); }

asio::awaitable<void> ServedHttp::echo(Exchange& exchange) {
  const RequestHead& request = exchange.request();
  SeenRequest seen{std::string(request.method), request.path, std::string(request.query), {}, {}, {}};
  for (const HeaderField& field : request.fields) {
    seen.headers.append(std::string(field.name), std::string(field.value));
  }
  const Result<RequestBody> body = co_await exchange.read_body(kBodyLimit);
  int status = 200;
  std::string answer;
  if (body) {
    seen.body = body->view();
    answer = seen.method + ' ' + seen.path + ' ' + seen.body;
  } else {
    seen.body_error = body.error().code;
    status = http_form(body.error().code).status;
    answer = body.error().message;
  }
  {
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(seen));
  }
  ResponseHead head(status);
  head.add("content-type", "text/plain");
  co_await exchange.respond(head, answer);
}

std::string ServedHttp::conversation(std::string_view bytes) const {
  fakes::HttpConnection connection = connect();
  connection.send_raw(bytes);
  return connection.read_until_close();
}

std::vector<SeenRequest> ServedHttp::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::vector<std::string> ServedHttp::seen_paths() const {
  std::vector<std::string> paths;
  for (const SeenRequest& request : seen()) paths.push_back(request.path);
  return paths;
}

std::size_t count_of(std::string_view text, std::string_view all) {
  std::size_t count = 0;
  for (std::size_t at = all.find(text); at != std::string_view::npos; at = all.find(text, at + text.size())) ++count;
  return count;
}

std::vector<int> statuses_in(std::string_view answers) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  std::vector<int> statuses;
  for (std::size_t at = answers.find(kStart); at != std::string_view::npos; at = answers.find(kStart, at + 1)) {
    int status = 0;
    const std::string_view digits = answers.substr(at + kStart.size(), 3);
    std::from_chars(digits.data(), digits.data() + digits.size(), status);
    statuses.push_back(status);
  }
  return statuses;
}

}  // namespace balancer::http
