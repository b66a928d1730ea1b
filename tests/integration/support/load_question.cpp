#include "tests/integration/support/load_question.hpp"

#include <vector>

namespace balancer::integration {

std::string load_question(std::size_t number, bool streaming, std::string_view model) {
  return R"({"model":")" + std::string(model) + R"(","max_tokens":16,)" +
         std::string(streaming ? R"("stream":true,)" : "") +
         R"("messages":[{"role":"user","content":"question )" + std::to_string(number) + R"("}]})";
}

std::string fault_of(const fakes::HttpResponse& response, bool streaming) {
  if (response.status != 200) return "status " + std::to_string(response.status) + ": " + response.body;
  if (!response.complete) return "broke off after: " + response.body;
  if (!streaming) return response.body.ends_with('}') ? "" : "truncated: " + response.body;
  const std::vector<std::string> events = response.event_names();
  return !events.empty() && events.back() == "message_stop" ? "" : "no end of the stream: " + response.body;
}

}  // namespace balancer::integration
