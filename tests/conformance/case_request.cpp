#include "tests/conformance/case_request.hpp"

#include <stdexcept>

#include "common/config/yaml_document.hpp"
#include "controlplane/config/provider_reader.hpp"
#include "gateway/dialect/openai_request/anthropic_openai_request.hpp"

namespace balancer::conformance {
namespace {

constexpr std::string_view kProvider = "llm";
constexpr std::string_view kUsualModel = "upstream-model";
constexpr std::string_view kUsualUrl = "base_url: https://llm.example.com/v1\n";
constexpr std::size_t kPadding = 64;

std::string configuration(const CaseFolder& folder) {
  std::string text = folder.file_or("provider.yaml", "");
  if (text.find("base_url:") == std::string::npos) text += kUsualUrl;
  std::string result = "providers:\n  - name: llm\n    type: openai\n    auth_value: sk-llm\n";
  for (const std::string& line : lines_of(text)) result += "    " + line + "\n";
  return result;
}

}  // namespace

std::string usual_request() {
  return R"({"model":"claude-test","max_tokens":100,"stream":true,)"
         R"("messages":[{"role":"user","content":"Hi"}],"tools":[)"
         R"({"name":"ls","input_schema":{"type":"object","properties":{}}},)"
         R"({"name":"pwd","input_schema":{"type":"object","properties":{}}}]})";
}

ConversionSettings provider_settings(const CaseFolder& folder) {
  YamlDocument document(configuration(folder), [](std::string_view) { return std::nullopt; });
  std::vector<Provider> providers;
  if (auto root = document.root()) providers = controlplane::read_providers(*root, {}).providers;
  for (const YamlProblem& problem : document.problems()) {
    throw std::runtime_error(folder.name() + "/provider.yaml: " + problem.path + ": " + problem.message);
  }
  return providers.at(0).conversion;
}

gateway::ConversionResult<gateway::ConvertedRequest> convert_request(const CaseFolder& folder,
                                                                     const ConversionSettings& settings) {
  const std::string session_id = folder.line_or("session_id.txt", "");
  const std::string upstream_model = folder.line_or("upstream_model.txt", kUsualModel);
  return convert_request(folder.file_or("request.json", usual_request()),
                         {.provider = kProvider,
                          .upstream_model = upstream_model,
                          .settings = settings,
                          .session_id = session_id});
}

gateway::ConversionResult<gateway::ConvertedRequest> convert_request(std::string_view request,
                                                                     const gateway::ConversionTarget& target) {
  std::string padded(request);
  padded.append(kPadding, ' ');
  gateway::JsonDocument document;
  return gateway::convert_messages_request(std::string_view(padded).substr(0, request.size()), target, document);
}

}  // namespace balancer::conformance
