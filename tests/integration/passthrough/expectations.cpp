#include "tests/integration/passthrough/expectations.hpp"

#include <algorithm>
#include <stdexcept>

namespace balancer::integration {
namespace {

constexpr std::size_t kShownAround = 40;

std::string around(std::string_view text, std::size_t at) {
  const std::size_t begin = at > kShownAround ? at - kShownAround : 0;
  return testing::PrintToString(std::string(text.substr(begin, 2 * kShownAround)));
}

}  // namespace

testing::AssertionResult same_bytes(std::string_view actual, std::string_view expected) {
  if (actual == expected) return testing::AssertionSuccess();
  const auto [at, other] = std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end());
  const auto offset = static_cast<std::size_t>(at - actual.begin());
  return testing::AssertionFailure() << actual.size() << " bytes instead of " << expected.size()
                                     << ", different from byte " << offset << ":\n  " << around(actual, offset)
                                     << "\n  instead of\n  " << around(expected, offset);
}

testing::AssertionResult is_named(const fakes::HttpResponse& response) {
  const std::vector<std::string> names = response.headers.values("request-id");
  if (names.size() != 1 || names.front().empty()) {
    return testing::AssertionFailure() << names.size() << " request-id lines";
  }
  if (response.headers.values("x-request-id") != names) {
    return testing::AssertionFailure() << "x-request-id is not request-id's " << names.front();
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult is_error(const fakes::HttpResponse& response, int status, std::string_view type) {
  const auto failure = [&] {
    return testing::AssertionFailure() << "HTTP " << response.status << " " << response.body.substr(0, 1000) << ": ";
  };
  if (response.status != status) return failure() << "not status " << status;
  if (response.headers.values("content-type") != std::vector<std::string>{"application/json"}) {
    return failure() << "not one content-type application/json";
  }
  const nlohmann::json body = nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || body.value("type", "") != "error") return failure() << "no error document";
  if (response.error_type() != type) return failure() << "not " << type;
  if (body["error"].value("message", "").empty()) return failure() << "no message";
  if (testing::AssertionResult named = is_named(response); !named) return failure() << named.message();
  if (body.value("request_id", "") != response.headers.value("request-id")) {
    return failure() << "its request_id is not the header's";
  }
  return testing::AssertionSuccess();
}

nlohmann::json provider_state(const fakes::HttpClient& client, std::string_view name) {
  const nlohmann::json listing = client.get("/providers").json();
  for (const nlohmann::json& provider : listing.at("providers")) {
    if (provider.at("name") == name) return provider;
  }
  throw std::runtime_error("no provider " + std::string(name) + " is listed");
}

}  // namespace balancer::integration
