// The request of a case, and the provider that it is converted for.
#pragma once

#include <string>

#include "gateway/dialect/openai_request/conversion.hpp"
#include "tests/conformance/case_folder.hpp"

namespace balancer::conformance {

// A stream with two tools, "ls" and "pwd"; for answers whose request does not matter.
[[nodiscard]] std::string usual_request();

// What provider.yaml says of a provider named "llm"; throws std::runtime_error when it says what it cannot.
[[nodiscard]] ConversionSettings provider_settings(const CaseFolder& folder);

// Converts request.json, or the usual request, for the case's provider and model.
[[nodiscard]] gateway::ConversionResult<gateway::ConvertedRequest> convert_request(const CaseFolder& folder,
                                                                                   const ConversionSettings& settings);

// The same for a request at hand.
[[nodiscard]] gateway::ConversionResult<gateway::ConvertedRequest> convert_request(
    std::string_view request, const gateway::ConversionTarget& target);

}  // namespace balancer::conformance
