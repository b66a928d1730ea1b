#include "tests/integration/long/paced_provider.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <variant>

#include "tests/fakes/provider_answers.hpp"

namespace balancer::integration {
namespace {

using Steady = std::chrono::steady_clock;

// A second is divided among the streams, so that their events come evenly.
constexpr std::size_t kSlots = 100;
constexpr std::chrono::milliseconds kSlot{10};

std::string chunk(std::string_view text) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.begin(), size.end(), text.size(), 16).ptr;
  return std::string(size.begin(), end) + "\r\n" + std::string(text) + "\r\n";
}

std::string event(std::size_t number) {
  const std::string text = std::to_string(number) + ' ' + std::to_string(Steady::now().time_since_epoch().count());
  return chunk("event: content_block_delta\n"
               "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" +
               text + "\"}}\n\n");
}

// So few bytes always find room.
void send_whole(int descriptor, std::string_view text) {
  static_cast<void>(::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL));
}

// A head in lower case and its body: what a gateway sends.
bool is_whole(std::string_view request) {
  constexpr std::string_view kLength = "content-length: ";
  const std::size_t body = request.find("\r\n\r\n");
  const std::size_t field = request.find(kLength);
  if (body == std::string_view::npos) return false;
  std::size_t length = 0;
  if (field < body) std::from_chars(request.data() + field + kLength.size(), request.data() + body, length);
  return request.size() >= body + 4 + length;
}

}  // namespace

PacedProvider::PacedProvider() {
  const fakes::ScriptedResponse example = fakes::sse_stream({"@"});
  for (const auto& step : example.steps()) {
    const auto* const part = std::get_if<fakes::ScriptedResponse::SendPart>(&step);
    if (part == nullptr || part->bytes.find('@') != std::string::npos) continue;
    (part->bytes.find("_start") != std::string::npos ? opening_ : closing_) += chunk(part->bytes);
  }
  opening_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + opening_;
  closing_ += "0\r\n\r\n";

  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool listens = ::bind(listener_, any, size) == 0 && ::listen(listener_, 4096) == 0;
  if (!listens || ::getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("no port for the provider");
  }
  port_ = ntohs(address.sin_port);
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event interest{.events = EPOLLIN, .data = {.fd = listener_}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &interest);
  thread_ = std::thread([this] { run(); });
}

PacedProvider::~PacedProvider() {
  stopping_ = true;
  thread_.join();
  for (const auto& [descriptor, stream] : streams_) ::close(descriptor);
  ::close(epoll_);
  ::close(listener_);
}

void PacedProvider::run() {
  std::array<epoll_event, 256> ready{};
  Steady::time_point due = Steady::now();
  for (std::size_t slot = 0; !stopping_;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due - Steady::now()).count();
    const int count = ::epoll_wait(epoll_, ready.data(), ready.size(), left > 0 ? static_cast<int>(left) : 0);
    for (int i = 0; i < count; ++i) {
      const int descriptor = ready[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listener_) {
        accept_all();
      } else if (!receive(descriptor, streams_[descriptor])) {
        streams_.erase(descriptor);
        ::close(descriptor);
      }
    }
    if (Steady::now() < due) continue;
    send_events(slot);
    slot = (slot + 1) % kSlots;
    due += kSlot;
  }
}

void PacedProvider::accept_all() {
  for (int socket = 0; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event interest{.events = EPOLLIN, .data = {.fd = socket}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &interest);
    streams_[socket];
  }
}

bool PacedProvider::receive(int descriptor, Stream& stream) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(descriptor, buffer.data(), buffer.size(), 0);
  if (size <= 0) return size < 0 && errno == EAGAIN;
  stream.received.append(buffer.data(), static_cast<std::size_t>(size));
  if (!is_whole(stream.received)) return true;
  stream = {.begun = true};
  send_whole(descriptor, opening_);
  return true;
}

void PacedProvider::send_events(std::size_t slot) {
  for (auto& [descriptor, stream] : streams_) {
    if (!stream.begun || static_cast<std::size_t>(descriptor) % kSlots != slot) continue;
    if (finishing_) {
      send_whole(descriptor, closing_);
      stream = {};
    } else {
      send_whole(descriptor, event(stream.event_count++));
    }
  }
}

}  // namespace balancer::integration
