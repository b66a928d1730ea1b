#include "controlplane/cli/client/base_url.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "common/text/ascii.hpp"
#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool is_blank_or_control(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }

// What no part of a URL may hold.
bool holds_garbage(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_blank_or_control) ||
         text.find_first_of("\"'<>\\^`{|}") != std::string_view::npos;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// "host", "host:port", "[v6]", "[v6]:port".
bool read_authority(std::string_view text, BaseUrl& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    url.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  url.host = ascii_lower(url.host);
  if (url.host.empty() || holds_garbage(url.host)) return false;
  if (port.empty()) return true;
  if (port.front() != ':') return false;
  const auto number = parse_port(port.substr(1));
  url.port = number.value_or(0);
  return number.has_value();
}

std::string without_query_and_password(std::string_view text) {
  const std::size_t query = text.find_first_of("?#");
  std::string shown(text.substr(0, query));
  const std::size_t host = shown.find("://");
  const std::size_t authority = host == std::string::npos ? 0 : host + 3;
  const std::size_t at = shown.rfind('@');
  if (at != std::string::npos && at > authority) shown.replace(authority, at - authority, "***");
  if (query != std::string_view::npos) shown += text[query] == '?' ? "?***" : "#***";
  return printable(shown);
}

}  // namespace

std::string BaseUrl::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? kHttpsPort : kHttpPort) ? name : name + ":" + std::to_string(port);
}

std::string BaseUrl::text() const { return (tls ? "https://" : "http://") + authority() + prefix; }

bool BaseUrl::is_loopback() const {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

BaseUrlReading read_base_url(std::string_view text) {
  BaseUrlReading reading;
  reading.shown = without_query_and_password(text);
  BaseUrl url;
  std::string_view rest = text;
  if (ascii_istarts_with(rest, "http://")) {
    rest.remove_prefix(7);
    url.port = kHttpPort;
  } else if (ascii_istarts_with(rest, "https://")) {
    rest.remove_prefix(8);
    url.tls = true;
    url.port = kHttpsPort;
  } else {
    reading.faults.emplace_back("it does not begin with http:// or https://");
    return reading;
  }

  const std::size_t query = rest.find_first_of("?#");
  if (query != std::string_view::npos) {
    reading.faults.emplace_back(rest[query] == '?' ? "it has a query (?...), behind which clients put their path"
                                                   : "it has a fragment (#...), behind which clients put their path");
    rest = rest.substr(0, query);
  }
  const std::size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    reading.faults.emplace_back("it has a user or password (...@), which clients refuse or do not send");
    authority.remove_prefix(at + 1);
  }
  if (!read_authority(authority, url)) {
    reading.faults.emplace_back("its host or port is none");
    return reading;
  }
  if (holds_garbage(path)) {
    reading.faults.emplace_back("it has characters that belong in no URL (a blank, a quote, a line break?)");
    return reading;
  }

  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with("/v1/messages")) {
    reading.faults.emplace_back("it ends in /v1/messages, which clients append themselves");
    path.remove_suffix(12);
  } else if (path.ends_with("/v1")) {
    reading.faults.emplace_back("it ends in /v1, which clients append themselves");
    path.remove_suffix(3);
  }
  url.prefix = path;
  reading.url = std::move(url);
  return reading;
}

std::string base_url_complaint(const std::string& text) {
  const BaseUrlReading reading = read_base_url(text);
  return reading.faults.empty() ? std::string() : reading.shown + ": " + reading.faults.front();
}

}  // namespace balancer::controlplane::cli
