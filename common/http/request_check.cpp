#include "common/http/request_check.hpp"

#include <charconv>

#include "common/http/request_target.hpp"

namespace balancer::http {
namespace {

Error refused(ErrorCode code, std::string message) { return {code, std::move(message), {}}; }

struct FramingFields {
  int host_count = 0;
  std::string_view host;
  int content_length_count = 0;
  std::string_view content_length;
  int transfer_encoding_count = 0;
  std::string_view transfer_encoding;
  int expect_count = 0;
  std::string_view expect;
};

FramingFields collect_framing(const RequestHead& head) {
  FramingFields framing;
  for (const HeaderField& field : head.fields) {
    if (ascii_iequal(field.name, "host")) {
      ++framing.host_count;
      framing.host = field.value;
    } else if (ascii_iequal(field.name, "content-length")) {
      ++framing.content_length_count;
      framing.content_length = field.value;
    } else if (ascii_iequal(field.name, "transfer-encoding")) {
      ++framing.transfer_encoding_count;
      framing.transfer_encoding = field.value;
    } else if (ascii_iequal(field.name, "expect")) {
      ++framing.expect_count;
      framing.expect = field.value;
    }
  }
  return framing;
}

std::optional<Error> check_transfer_encoding(RequestHead& head, const FramingFields& framing) {
  if (framing.transfer_encoding_count == 0) return std::nullopt;
  if (framing.content_length_count > 0) {
    return refused(ErrorCode::kInvalidRequest, "Transfer-Encoding and Content-Length exclude each other");
  }
  if (head.version < 11) return refused(ErrorCode::kInvalidRequest, "Transfer-Encoding needs HTTP/1.1");
  if (framing.transfer_encoding_count > 1 || !ascii_iequal(framing.transfer_encoding, "chunked")) {
    return refused(ErrorCode::kNotImplemented, "Transfer-Encoding: only chunked is supported");
  }
  head.chunked = true;
  return std::nullopt;
}

std::optional<Error> check_content_length(RequestHead& head, const FramingFields& framing) {
  if (framing.content_length_count == 0) return std::nullopt;
  if (framing.content_length_count > 1) {
    return refused(ErrorCode::kInvalidRequest, "Content-Length: given more than once");
  }
  std::uint64_t length = 0;
  const std::string_view text = framing.content_length;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return refused(ErrorCode::kInvalidRequest, "Content-Length: not a plain number");
  }
  head.content_length = length;
  return std::nullopt;
}

// The port of "host:port", or what would be one, or nothing; an address of IPv6 stands in brackets, and nothing else does.
bool has_plain_port(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const std::size_t name_end = bracketed ? host.find(']') : host.find_first_of(":[]");
  if (name_end == std::string_view::npos) return !bracketed;
  const std::string_view behind = host.substr(bracketed ? name_end + 1 : name_end);
  return behind.empty() || (behind.front() == ':' && behind.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

std::optional<Error> check_host(const RequestHead& head, const FramingFields& framing, std::string_view authority) {
  if (framing.host_count > 1) return refused(ErrorCode::kInvalidRequest, "Host: given more than once");
  if (framing.host_count == 0) {
    if (head.version >= 11) return refused(ErrorCode::kInvalidRequest, "Host: missing");
    return std::nullopt;
  }
  for (const char c : framing.host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '/' || c == '?' || c == '#' || c == '@' || c == '\\' || c == ',') {
      return refused(ErrorCode::kInvalidRequest, "Host: not a host name");
    }
  }
  if (!has_plain_port(framing.host)) return refused(ErrorCode::kInvalidRequest, "Host: not a host name");
  if (!authority.empty() && !ascii_iequal(authority, framing.host)) {
    return refused(ErrorCode::kInvalidRequest, "Host: disagrees with the request target");
  }
  return std::nullopt;
}

std::optional<Error> check_expect(RequestHead& head, const FramingFields& framing) {
  if (framing.expect_count == 0) return std::nullopt;
  if (framing.expect_count > 1 || !ascii_iequal(framing.expect, "100-continue")) {
    return refused(ErrorCode::kExpectationFailed, "Expect: only 100-continue is supported");
  }
  head.expects_continue = head.version >= 11;
  return std::nullopt;
}

}  // namespace

std::optional<Error> check_partial_head(std::string_view bytes, std::size_t checked) {
  const auto first = static_cast<unsigned char>(bytes.empty() ? 'G' : bytes.front());
  if (first <= 0x20 || first >= 0x7f) return refused(ErrorCode::kInvalidRequest, "malformed HTTP request");
  for (std::size_t at = bytes.find('\n', checked); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (bytes[at - 1] != '\r') return refused(ErrorCode::kInvalidRequest, "malformed HTTP request");
  }
  return std::nullopt;
}

std::optional<Error> check_raw_head(std::string_view bytes) {
  for (std::size_t at = bytes.find("\r\n"); at != std::string_view::npos; at = bytes.find("\r\n", at + 2)) {
    if (at + 2 < bytes.size() && (bytes[at + 2] == ' ' || bytes[at + 2] == '\t')) {
      return refused(ErrorCode::kInvalidRequest, "folded header lines are not accepted");
    }
  }
  return std::nullopt;
}

std::optional<Error> check_request(RequestHead& head, const ServerLimits& limits) {
  if (head.target.size() > limits.target_bytes) return refused(ErrorCode::kUriTooLong, "request target is too long");
  if (head.fields.size() > limits.header_fields) {
    return refused(ErrorCode::kHeadersTooLarge, "too many request header fields");
  }
  Result<RequestTarget> target = parse_request_target(head.target);
  if (!target) return target.error();
  head.path = std::move(target->path);
  head.query = target->query;

  const FramingFields framing = collect_framing(head);
  if (auto error = check_transfer_encoding(head, framing)) return error;
  if (auto error = check_content_length(head, framing)) return error;
  if (auto error = check_host(head, framing, target->authority)) return error;
  return check_expect(head, framing);
}

}  // namespace balancer::http
