#include <string_view>
#include <utility>

#include "tests/fakes/proxy_request.hpp"

namespace balancer::fakes {
namespace {

using namespace std::string_view_literals;

// Thrown to give up on a client that left in the middle.
struct ClientLeft {};

class Socks5Reader {
 public:
  Socks5Reader(Socket& client, const std::optional<ProxyCredentials>& required, const WaitLimits& limits)
      : client_(client), required_(required), limits_(limits) {}

  // Throws ClientLeft.
  ProxyRequest read() {
    ProxyRequest request;
    if (authenticate(request.tunnel)) read_target(request.tunnel);
    request.tunnel.raw = std::move(raw_);
    request.early_bytes = std::move(unread_);
    return request;
  }

 private:
  // False when the client was turned away.
  bool authenticate(RequestedTunnel& tunnel) {
    next_octet();  // the version
    const std::string methods = next(next_octet());
    const bool offers_password = methods.find('\x02') != std::string::npos;
    if (required_ && !offers_password) return answer("\x05\xff"sv), false;
    if (!required_ && methods.find('\0') != std::string::npos) return answer("\x05\x00"sv), true;

    answer("\x05\x02"sv);
    next_octet();  // the version of the password's own protocol
    std::string user = next(next_octet());
    tunnel.credentials = ProxyCredentials{std::move(user), next(next_octet())};
    const bool accepted = !required_ || tunnel.credentials == required_;
    answer(accepted ? "\x01\x00"sv : "\x01\x01"sv);
    return accepted;
  }

  void read_target(RequestedTunnel& tunnel) {
    next(3);  // version, command, reserved
    const std::size_t address_type = next_octet();
    if (address_type == 3) {
      tunnel.host = next(next_octet());
    } else {
      for (const char octet : next(address_type == 4 ? 16 : 4)) {
        if (!tunnel.host.empty()) tunnel.host += '.';
        tunnel.host += std::to_string(static_cast<unsigned char>(octet));
      }
    }
    const std::size_t high = next_octet();
    tunnel.port = static_cast<std::uint16_t>(high << 8 | next_octet());
  }

  std::string next(std::size_t size) {
    while (unread_.size() < size) {
      const ReadResult result = client_.read_some(limits_);
      if (result.status != IoStatus::kReady) throw ClientLeft();
      unread_ += result.bytes;
    }
    std::string taken = unread_.substr(0, size);
    unread_.erase(0, size);
    raw_ += taken;
    return taken;
  }

  std::size_t next_octet() { return static_cast<unsigned char>(next(1).front()); }

  void answer(std::string_view bytes) {
    if (client_.write_all(bytes, limits_) != IoStatus::kReady) throw ClientLeft();
  }

  Socket& client_;
  const std::optional<ProxyCredentials>& required_;
  const WaitLimits limits_;
  std::string unread_;
  std::string raw_;
};

}  // namespace

std::optional<ProxyRequest> read_socks5_request(Socket& client, const std::optional<ProxyCredentials>& required,
                                                const WaitLimits& limits) {
  try {
    return Socks5Reader(client, required, limits).read();
  } catch (const ClientLeft&) {
    return std::nullopt;
  }
}

std::string socks5_answer(ProxyVerdict verdict) {
  std::string answer("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"sv);
  switch (verdict) {
    case ProxyVerdict::kOpened:
      return answer;
    case ProxyVerdict::kBadCredentials:
      return "";
    case ProxyVerdict::kRefused:
      answer[1] = '\x02';
      return answer;
    default:
      answer[1] = '\x05';
      return answer;
  }
}

}  // namespace balancer::fakes
