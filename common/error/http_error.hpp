// How an Error looks over HTTP (protocol.md 5.1, 5.2).
#pragma once

#include <string>
#include <string_view>

#include "common/error/error.hpp"

namespace balancer {

struct HttpErrorForm {
  int status;
  // Anthropic error type, e.g. "overloaded_error".
  std::string_view type;
};

[[nodiscard]] HttpErrorForm http_form(ErrorCode code);

// The Anthropic type of a status that a provider sent (protocol.md 5.2); "api_error" for those not listed.
[[nodiscard]] std::string_view anthropic_error_type(int status);

// {"type":"error","error":{"type":...,"message":...},"request_id":...}. Invalid UTF-8 in the message is replaced.
[[nodiscard]] std::string anthropic_error_body(const Error& error, std::string_view request_id);
[[nodiscard]] std::string anthropic_error_body(std::string_view type, std::string_view message,
                                               std::string_view request_id, std::string_view detail_code = {});

// The envelope that both the Anthropic and the OpenAI SDKs parse, for paths that belong to neither surface.
[[nodiscard]] std::string shared_error_body(const Error& error, std::string_view request_id);

}  // namespace balancer
