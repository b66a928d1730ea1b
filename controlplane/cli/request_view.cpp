#include "controlplane/cli/request_view.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <vector>

#include "controlplane/cli/description.hpp"
#include "controlplane/cli/explanation_view.hpp"
#include "controlplane/cli/name_match.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/time_view.hpp"
#include "controlplane/cli/value_names.hpp"

namespace balancer::controlplane::cli {
namespace {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

std::string clock_text(const google::protobuf::Timestamp& time) {
  return fmt::format("{:%H:%M:%S}", fmt::localtime(static_cast<std::time_t>(time.seconds())));
}

std::string status_text(const v1::ObservedRequest& request) {
  return request.running() ? "running" : std::to_string(request.summary().status());
}

std::string outcome_text(const v1::ObservedRequest& request) {
  return request.running() ? std::string() : std::string(outcome_name(request.summary().outcome()));
}

std::string length_text(bool known, const google::protobuf::Duration& duration) {
  return known ? latency_text(duration) : std::string();
}

std::string tokens_text(const v1::RequestSummary& summary) {
  if (summary.input_token_count() + summary.output_token_count() == 0) return {};
  return fmt::format("{}/{}", summary.input_token_count(), summary.output_token_count());
}

ordered_json attempt_json(const v1::AttemptSummary& attempt) {
  return {{"provider", attempt.provider()},
          {"model", attempt.upstream_model()},
          {"outcome", outcome_name(attempt.outcome())},
          {"status", attempt.status()},
          {"detail", attempt.detail()},
          {"duration_seconds", seconds(attempt.total_time())}};
}

ordered_json request_json(const v1::ObservedRequest& request) {
  const v1::RequestSummary& summary = request.summary();
  ordered_json json{{"id", summary.request_id()},
                    {"time", TimeUtil::ToString(request.time())},
                    {"state", request.running() ? "running" : "done"},
                    {"gateway", request.gateway_id()},
                    {"model", summary.model()},
                    {"caller", summary.caller()},
                    {"route", summary.route()},
                    {"stream", summary.stream()},
                    {"cache", cache_name(summary.cache_outcome())},
                    {"status", nullptr},
                    {"outcome", outcome_text(request)},
                    {"duration_seconds", nullptr},
                    {"time_to_first_byte_seconds", nullptr},
                    {"provider", summary.provider()},
                    {"upstream_model", summary.upstream_model()},
                    {"upstream_request_id", summary.upstream_request_id()},
                    {"input_tokens", summary.input_token_count()},
                    {"output_tokens", summary.output_token_count()},
                    {"planned_by", summary.planned_by_gateway() ? "gateway" : "control_plane"},
                    {"reason", request.reason()},
                    {"error", summary.error()},
                    {"attempts", ordered_json::array()},
                    {"explanation", nullptr}};
  if (!request.running()) {
    json["status"] = summary.status();
    json["duration_seconds"] = seconds(summary.total_time());
  }
  if (summary.has_time_to_first_byte()) json["time_to_first_byte_seconds"] = seconds(summary.time_to_first_byte());
  for (const v1::AttemptSummary& attempt : summary.attempts()) json["attempts"].push_back(attempt_json(attempt));
  if (request.has_explanation()) json["explanation"] = explanation_json(request.explanation());
  return json;
}

std::vector<std::string> row_of(const v1::ObservedRequest& request) {
  const v1::RequestSummary& summary = request.summary();
  return {clock_text(request.time()),
          summary.request_id(),
          summary.model(),
          summary.provider(),
          status_text(request),
          outcome_text(request),
          std::to_string(summary.attempts_size()),
          std::string(cache_name(summary.cache_outcome())),
          length_text(summary.has_time_to_first_byte(), summary.time_to_first_byte()),
          length_text(!request.running(), summary.total_time()),
          tokens_text(summary)};
}

std::string attempts_table(const v1::RequestSummary& summary) {
  Rows rows;
  for (const v1::AttemptSummary& attempt : summary.attempts()) {
    rows.push_back({attempt.provider(), attempt.upstream_model(), std::string(outcome_name(attempt.outcome())),
                    latency_text(attempt.total_time()), attempt.detail()});
  }
  return rows.empty() ? std::string()
                      : '\n' + format_table({"ATTEMPT-AT", "MODEL", "OUTCOME", "DURATION", "DETAIL"}, rows);
}

}  // namespace

Rendering requests_rendering(const v1::ListRequestsResponse& listing) {
  const std::vector<std::string> headings{"TIME",    "ID",       "MODEL", "PROVIDER",   "STATUS",  "OUTCOME",
                                          "ATTEMPTS", "CACHE",   "FIRST-BYTE", "DURATION", "TOKENS"};
  std::vector<std::string> wide_headings = headings;
  for (const char* heading : {"CALLER", "GATEWAY", "REASON"}) wide_headings.emplace_back(heading);
  Rows rows;
  Rows wide_rows;
  Rendering rendering;
  rendering.json = {{"requests", ordered_json::array()}};
  for (const v1::ObservedRequest& request : listing.requests()) {
    rows.push_back(row_of(request));
    std::vector<std::string>& wide = wide_rows.emplace_back(rows.back());
    wide.push_back(request.summary().caller());
    wide.push_back(request.gateway_id());
    wide.push_back(request.reason());
    rendering.json["requests"].push_back(request_json(request));
    rendering.names.push_back(request.summary().request_id());
  }
  rendering.text = format_table(headings, rows);
  rendering.wide_text = format_table(wide_headings, wide_rows);
  return rendering;
}

Rendering request_rendering(const v1::ObservedRequest& request) {
  const v1::RequestSummary& summary = request.summary();
  Description description;
  description.add("id", summary.request_id());
  description.add("time", TimeUtil::ToString(request.time()));
  description.add("model", summary.model());
  description.add("caller", summary.caller());
  description.add("gateway", request.gateway_id());
  description.add("route", summary.route());
  description.add("reason", request.reason());
  description.add("status", status_text(request));
  description.add("outcome", outcome_text(request));
  description.add("error", summary.error());
  description.add("provider", summary.provider());
  description.add("answered by", summary.upstream_model());
  description.add("answer id", summary.upstream_request_id());
  description.add("cache", cache_name(summary.cache_outcome()));
  description.add("first byte", length_text(summary.has_time_to_first_byte(), summary.time_to_first_byte()));
  description.add("duration", length_text(!request.running(), summary.total_time()));
  description.add("tokens", tokens_text(summary));
  Rendering rendering;
  rendering.text = description.text() + attempts_table(summary);
  if (request.has_explanation()) rendering.text += '\n' + targets_table(request.explanation());
  rendering.json = request_json(request);
  rendering.names.push_back(summary.request_id());
  return rendering;
}

const v1::ObservedRequest* find_request(const v1::ListRequestsResponse& listing, const std::string& id) {
  NameMatch<v1::ObservedRequest> match;
  for (const v1::ObservedRequest& request : listing.requests()) {
    match.offer(request, id, {request.summary().request_id(), request.summary().upstream_request_id()});
  }
  return match.found();
}

}  // namespace balancer::controlplane::cli
