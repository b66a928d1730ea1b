#include <openssl/evp.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "tests/fakes/header_fields.hpp"
#include "tests/fakes/message_reader.hpp"
#include "tests/fakes/proxy_request.hpp"

namespace balancer::fakes {
namespace {

std::string base64_decoded(const std::string& text) {
  std::string decoded(text.size() / 4 * 3 + 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  // EVP_DecodeBlock counts the padding as bytes.
  const int padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (size < padding) return "";
  decoded.resize(static_cast<std::size_t>(size - padding));
  return decoded;
}

std::optional<ProxyCredentials> basic_credentials(const HeaderFields& headers) {
  const std::string value = headers.value("proxy-authorization").value_or("");
  constexpr std::string_view kScheme = "Basic ";
  if (!value.starts_with(kScheme)) return std::nullopt;
  const std::string pair = base64_decoded(value.substr(kScheme.size()));
  const std::size_t colon = pair.find(':');
  if (colon == std::string::npos) return ProxyCredentials{pair, ""};
  return ProxyCredentials{pair.substr(0, colon), pair.substr(colon + 1)};
}

}  // namespace

std::optional<ProxyRequest> read_connect_request(Socket& client, const WaitLimits& limits) {
  MessageReader reader(client);
  const MessageReader::Head head = reader.read_head(limits);
  if (head.status != MessageReader::Status::kMore) return std::nullopt;

  ProxyRequest request;
  RequestedTunnel& tunnel = request.tunnel;
  tunnel.raw = reader.take_raw();
  tunnel.credentials = basic_credentials(head.head.fields);
  request.early_bytes = reader.unread();

  constexpr std::string_view kMethod = "CONNECT ";
  const std::string& line = head.head.start_line;
  const std::size_t target_end = line.rfind(' ');
  if (!line.starts_with(kMethod) || target_end < kMethod.size()) return request;
  const std::string authority = line.substr(kMethod.size(), target_end - kMethod.size());
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string::npos) return request;
  tunnel.host = authority.substr(0, colon);
  std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), tunnel.port);
  return request;
}

std::string connect_answer(ProxyVerdict verdict) {
  switch (verdict) {
    case ProxyVerdict::kOpened:
      return "HTTP/1.1 200 Connection established\r\n\r\n";
    case ProxyVerdict::kBadCredentials:
      return "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n"
             "Content-Length: 0\r\n\r\n";
    case ProxyVerdict::kRefused:
      return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    default:
      return "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";
  }
}

}  // namespace balancer::fakes
