// What pass-through tests check in many answers.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/fakes/http_client.hpp"
#include "tests/fakes/http_response.hpp"

namespace balancer::integration {

// Equality that reports the first difference instead of both texts, which may be megabytes.
[[nodiscard]] testing::AssertionResult same_bytes(std::string_view actual, std::string_view expected);

// An answer under one name in both of the headers that SDKs read.
[[nodiscard]] testing::AssertionResult is_named(const fakes::HttpResponse& response);

// The Anthropic error envelope with this status and type, whose request_id is the header's (protocol.md 5.1).
[[nodiscard]] testing::AssertionResult is_error(const fakes::HttpResponse& response, int status, std::string_view type);

// What GET /providers says about one provider.
[[nodiscard]] nlohmann::json provider_state(const fakes::HttpClient& client, std::string_view name);

}  // namespace balancer::integration
