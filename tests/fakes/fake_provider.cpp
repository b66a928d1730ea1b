#include "tests/fakes/fake_provider.hpp"

#include <charconv>
#include <utility>

namespace balancer::fakes {
namespace {

using Status = MessageReader::Status;

void begin_request_body(MessageReader& reader, const HeaderFields& headers) {
  const std::string length = headers.value("content-length").value_or("0");
  if (headers.contains("transfer-encoding")) return reader.begin_body(BodyKind::kChunked, 0);
  std::size_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  reader.begin_body(BodyKind::kLength, bytes);
}

void split_request_line(RecordedRequest& request) {
  const std::size_t first = request.request_line.find(' ');
  if (first == std::string::npos) return;
  request.method = request.request_line.substr(0, first);
  const std::size_t last = request.request_line.rfind(' ');
  if (last > first) request.target = request.request_line.substr(first + 1, last - first - 1);
}

testing::AssertionResult reached(bool success, std::size_t seen, std::size_t wanted, const char* what,
                                 std::chrono::milliseconds within) {
  if (success) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "saw " << seen << " of " << wanted << ' ' << what << " within "
                                     << within.count() << " ms";
}

}  // namespace

FakeProvider::FakeProvider() {
  server_.emplace([this](Socket socket, const Latch& stop) { serve(std::move(socket), stop); });
}

FakeProvider::FakeProvider(TlsIdentity identity) : identity_(std::move(identity)) {
  server_.emplace([this](Socket socket, const Latch& stop) { serve(std::move(socket), stop); });
}

FakeProvider::~FakeProvider() = default;

void FakeProvider::enqueue(ScriptedResponse script) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(script));
}

void FakeProvider::always(ScriptedResponse script) {
  always([script = std::move(script)](const RecordedRequest&) { return script; });
}

void FakeProvider::always(Responder responder) {
  const std::lock_guard lock(mutex_);
  default_ = std::move(responder);
}

void FakeProvider::clear_queue() {
  const std::lock_guard lock(mutex_);
  queue_.clear();
}

std::string FakeProvider::base_url() const {
  return (identity_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::vector<RecordedRequest> FakeProvider::requests() const {
  const std::lock_guard lock(mutex_);
  return recorded_;
}

std::size_t FakeProvider::request_count() const {
  const std::lock_guard lock(mutex_);
  return request_count_;
}

std::size_t FakeProvider::connections_closed_by_client() const {
  const std::lock_guard lock(mutex_);
  return closed_by_client_;
}

testing::AssertionResult FakeProvider::wait_for_requests(std::size_t count, std::chrono::milliseconds within) const {
  std::unique_lock lock(mutex_);
  const bool success = changed_.wait_for(lock, within, [&] { return request_count_ >= count; });
  return reached(success, request_count_, count, "requests", within);
}

testing::AssertionResult FakeProvider::wait_for_client_disconnect(std::size_t count,
                                                                  std::chrono::milliseconds within) const {
  std::unique_lock lock(mutex_);
  const bool success = changed_.wait_for(lock, within, [&] { return closed_by_client_ >= count; });
  return reached(success, closed_by_client_, count, "connections closed by the client", within);
}

void FakeProvider::serve(Socket socket, const Latch& stop) {
  std::size_t connection = 0;
  {
    const std::lock_guard lock(mutex_);
    connection = connection_count_++;
  }
  if (identity_) {
    const IoStatus status = socket.accept_tls(*identity_, {TimePoint::max(), &stop});
    if (status == IoStatus::kStopped) return;
    if (status != IoStatus::kReady) return count_disconnect();
  }
  MessageReader reader(socket);
  Played played = Played::kKeepAlive;
  while (played == Played::kKeepAlive) played = serve_one(socket, reader, connection, stop);
  if (played == Played::kClientLeft) count_disconnect();
}

Played FakeProvider::serve_one(Socket& socket, MessageReader& reader, std::size_t connection, const Latch& stop) {
  const WaitLimits limits{TimePoint::max(), &stop};
  RecordedRequest request;
  request.connection = connection;
  if (socket.is_tls()) request.server_name = socket.tls().requested_name();

  MessageReader::Head head = reader.read_head(limits);
  Status status = head.status;
  if (status == Status::kMore) {
    request.request_line = std::move(head.head.start_line);
    request.headers = std::move(head.head.fields);
    split_request_line(request);
    begin_request_body(reader, request.headers);
    if (request.headers.contains("expect") && reader.unread().empty()) {
      (void)socket.write_all("HTTP/1.1 100 Continue\r\n\r\n", limits);
    }
    while (status == Status::kMore) {
      MessageReader::Part part = reader.read_body(limits);
      request.body += part.bytes;
      status = part.status;
    }
  }
  request.raw = reader.take_raw() + (status == Status::kEnd ? "" : reader.unread());
  request.complete = status == Status::kEnd;
  if (status == Status::kStopped) return Played::kStopped;
  if (!request.complete) {
    if (!request.raw.empty()) record(request);
    return status == Status::kMalformed ? Played::kEnded : Played::kClientLeft;
  }
  return play(next_script(request), socket, stop);
}

void FakeProvider::record(const RecordedRequest& request) {
  const std::lock_guard lock(mutex_);
  record_locked(request);
}

void FakeProvider::record_locked(const RecordedRequest& request) {
  ++request_count_;
  if (recorded_.size() < kMaxRecorded) recorded_.push_back(request);
  changed_.notify_all();
}

ScriptedResponse FakeProvider::next_script(const RecordedRequest& request) {
  Responder responder;
  {
    const std::lock_guard lock(mutex_);
    record_locked(request);
    if (!queue_.empty()) {
      ScriptedResponse script = std::move(queue_.front());
      queue_.pop_front();
      return script;
    }
    responder = default_;
  }
  return responder ? responder(request) : error_answer(500, "api_error", "fake provider: nothing scripted");
}

void FakeProvider::count_disconnect() {
  const std::lock_guard lock(mutex_);
  ++closed_by_client_;
  changed_.notify_all();
}

}  // namespace balancer::fakes
