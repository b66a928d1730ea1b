#include "gateway/telemetry/access_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/gateway/telemetry/log_file.hpp"
#include "tests/unit/gateway/telemetry/records.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using enum routing::AttemptOutcome;
using nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;

class AccessLogTest : public testing::Test {
 protected:
  // The one line that is written of the record.
  static json line_of(const RequestRecord& record, log::Level level = log::Level::kDebug) {
    const LogFile file(level);
    log_access(record);
    const std::vector<json> lines = file.lines();
    EXPECT_THAT(lines, SizeIs(1));
    return lines.empty() ? json::object() : lines.front();
  }
  static std::size_t line_count(const RequestRecord& record, log::Level level) {
    const LogFile file(level);
    log_access(record);
    return file.lines().size();
  }
  static std::set<std::string> fields_of(const json& line) {
    std::set<std::string> names;
    for (const auto& [name, value] : line.items()) names.insert(name);
    for (const char* always : {"timestamp", "level", "logger", "event", "message"}) EXPECT_EQ(names.erase(always), 1u);
    return names;
  }
  static std::string level_of(std::string_view endpoint, int status, routing::AttemptOutcome outcome = kSuccess) {
    RequestRecord record;
    record.endpoint = endpoint;
    record.status = status;
    record.outcome = outcome;
    return line_of(record).at("level");
  }
};

using Names = std::set<std::string>;
const Names kTokenFields{"tokens", "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"};

Names operator+(Names names, const Names& more) {
  names.insert(more.begin(), more.end());
  return names;
}

TEST_F(AccessLogTest, AMissSaysWhereItWentAndWhatItTook) {
  const json line = line_of(answered_record());

  EXPECT_EQ(fields_of(line),
            kTokenFields + Names({"request_id", "endpoint", "caller", "model", "route", "provider", "upstream_model",
                                  "upstream_request_id", "status", "stream", "outcome", "response_time",
                                  "time_to_first_byte", "overhead", "attempts", "cache"}));
  EXPECT_EQ(line.at("event"), "request completed");
  EXPECT_EQ(line.at("level"), "INFO");
  EXPECT_EQ(line.at("request_id"), "req_1");
  EXPECT_EQ(line.at("endpoint"), "messages");
  EXPECT_EQ(line.at("caller"), "alice");
  EXPECT_EQ(line.at("model"), "claude-sonnet-4-5");
  EXPECT_EQ(line.at("route"), "claude-sonnet-4-5");
  EXPECT_EQ(line.at("provider"), "first");
  EXPECT_EQ(line.at("upstream_model"), "gpt-5");
  EXPECT_EQ(line.at("upstream_request_id"), "req_upstream");
  EXPECT_EQ(line.at("status"), 200);
  EXPECT_EQ(line.at("stream"), false);
  EXPECT_EQ(line.at("outcome"), "success");
  EXPECT_EQ(line.at("attempts"), 1);
  EXPECT_EQ(line.at("cache"), "miss");
}

TEST_F(AccessLogTest, TimesAreInSeconds) {
  const json line = line_of(answered_record());

  EXPECT_DOUBLE_EQ(line.at("response_time"), 1.0);
  EXPECT_DOUBLE_EQ(line.at("time_to_first_byte"), 0.4);
  EXPECT_DOUBLE_EQ(line.at("overhead"), 0.15);
}

TEST_F(AccessLogTest, TokensAreToldInAllAndByKind) {
  const json line = line_of(answered_record());

  EXPECT_EQ(line.at("tokens"), 130);
  EXPECT_EQ(line.at("input_tokens"), 123);
  EXPECT_EQ(line.at("output_tokens"), 7);
  EXPECT_EQ(line.at("cache_read_tokens"), 20);
  EXPECT_EQ(line.at("cache_creation_tokens"), 3);
}

TEST_F(AccessLogTest, AHitHasNoAttemptsAndNoOverhead) {
  RequestRecord record = answered_record();
  record.cache = CacheOutcome::kHit;
  record.attempts.clear();
  record.upstream_request_id.clear();

  const json line = line_of(record);

  EXPECT_EQ(fields_of(line),
            kTokenFields + Names({"request_id", "endpoint", "caller", "model", "route", "provider", "upstream_model",
                                  "status", "stream", "outcome", "response_time", "time_to_first_byte", "attempts",
                                  "cache"}));
  EXPECT_EQ(line.at("cache"), "hit");
  EXPECT_EQ(line.at("attempts"), 0);
}

TEST_F(AccessLogTest, AJoinHasNoOverhead) {
  RequestRecord record = answered_record();
  record.cache = CacheOutcome::kJoin;

  const json line = line_of(record);

  EXPECT_EQ(line.at("cache"), "join");
  EXPECT_FALSE(line.contains("overhead"));
}

TEST_F(AccessLogTest, ABypassSaysSo) {
  RequestRecord record = answered_record();
  record.cache = CacheOutcome::kBypass;

  EXPECT_EQ(line_of(record).at("cache"), "bypass");
}

TEST_F(AccessLogTest, ARejectionSaysWhyAndNamesNoProvider) {
  RequestRecord record;
  record.request_id = "req_2";
  record.endpoint = "messages";
  ask(record, "claude-x", "");
  record.rejection = routing::RejectionReason::kAllBusy;
  record.outcome = kNotSent;
  record.planned_by_gateway = true;
  record.error = "every provider is busy";
  record.status = 529;

  const json line = line_of(record);

  EXPECT_EQ(fields_of(line), (Names{"request_id", "endpoint", "model", "status", "stream", "outcome", "response_time",
                                    "attempts", "planned_by", "error"}));
  EXPECT_EQ(line.at("level"), "ERROR");
  EXPECT_EQ(line.at("outcome"), "not_sent");
  EXPECT_EQ(line.at("attempts"), 0);
  EXPECT_EQ(line.at("planned_by"), "gateway");
  EXPECT_EQ(line.at("error"), "every provider is busy");
}

TEST_F(AccessLogTest, ARefusedCredentialSaysNothingOfAModel) {
  RequestRecord record;
  record.request_id = "req_3";
  record.endpoint = "messages";
  record.outcome = kRequestFault;
  record.error = "invalid x-api-key";
  record.status = 401;
  record.time_to_first_byte = 1ms;

  const json line = line_of(record);

  EXPECT_EQ(fields_of(line),
            (Names{"request_id", "endpoint", "status", "response_time", "time_to_first_byte", "error"}));
  EXPECT_EQ(line.at("level"), "WARNING");
}

TEST_F(AccessLogTest, AClientThatLeftIsNoWarning) {
  RequestRecord record;
  record.endpoint = "messages";
  ask(record);
  record.outcome = kClientGone;
  record.status = 499;

  const json line = line_of(record);

  EXPECT_EQ(line.at("level"), "INFO");
  EXPECT_EQ(line.at("status"), 499);
  EXPECT_EQ(line.at("outcome"), "client_gone");
  EXPECT_FALSE(line.contains("time_to_first_byte"));
}

TEST_F(AccessLogTest, ATraceIsNamedSoThatItCanBeFound) {
  RequestRecord record = answered_record();
  record.trace = tracing::parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

  EXPECT_EQ(line_of(record).at("trace_id"), "0af7651916cd43dd8448eb211c80319c");
}

TEST_F(AccessLogTest, ARequestThatHasEverythingIsOneLineToo) {
  RequestRecord record = answered_record();
  record.trace = tracing::begin_trace();
  record.stream = true;
  record.planned_by_gateway = true;
  record.outcome = kTransient;
  record.error = "the provider's stream ended early";

  EXPECT_EQ(fields_of(line_of(record)),
            kTokenFields + Names({"request_id", "trace_id", "endpoint", "caller", "model", "route", "provider",
                                  "upstream_model", "upstream_request_id", "status", "stream", "outcome", "response_time",
                                  "time_to_first_byte", "overhead", "attempts", "cache", "planned_by", "error"}));
}

TEST_F(AccessLogTest, FailuresAreErrorsRefusalsAreWarnings) {
  EXPECT_EQ(level_of("messages", 200), "INFO");
  EXPECT_EQ(level_of("messages", 200, kTransient), "ERROR");
  EXPECT_EQ(level_of("messages", 200, kClientGone), "INFO");
  for (const int status : {400, 401, 403, 404, 413, 429}) {
    EXPECT_EQ(level_of("messages", status, kRequestFault), "WARNING") << status;
  }
  EXPECT_EQ(level_of("messages", 499), "INFO");
  for (const int status : {500, 502, 503, 504, 529}) {
    EXPECT_EQ(level_of("messages", status, kTransient), "ERROR") << status;
  }
  EXPECT_EQ(level_of("models", 200), "INFO");
  EXPECT_EQ(level_of("other", 404, kRequestFault), "WARNING");
}

TEST_F(AccessLogTest, ProbesAreForDebuggingOnly) {
  RequestRecord record;
  record.endpoint = "probes";
  record.status = 200;

  EXPECT_EQ(level_of("probes", 200), "DEBUG");
  EXPECT_EQ(line_count(record, log::Level::kInfo), 0u);
}

TEST_F(AccessLogTest, AProbeOfAGatewayThatIsNotReadyIsForDebuggingOnlyToo) {
  // Asked again every few seconds while a gateway starts or drains.
  EXPECT_EQ(level_of("probes", 503), "DEBUG");
}

TEST_F(AccessLogTest, WhatIsBelowTheLevelIsNotWritten) {
  EXPECT_EQ(line_count(answered_record(), log::Level::kWarning), 0u);
  EXPECT_EQ(line_count(answered_record(), log::Level::kInfo), 1u);
}

TEST_F(AccessLogTest, ModelNamesThatWantToBeLinesOfTheirOwnAreNot) {
  for (const std::string hostile :
       {"\"", "a\"},\"level\":\"ERROR", "two\nlines", "\r\n{\"level\":\"ERROR\"}", "\\", "\x1b[2J", "\t", "\x7f",
        "\xe2\x80\xa8"}) {
    RequestRecord record = answered_record();
    record.model = hostile;

    const json line = line_of(record);

    EXPECT_EQ(line.at("model"), hostile);
    EXPECT_EQ(line.at("level"), "INFO");
  }
}

TEST_F(AccessLogTest, ModelNamesThatAreNoUtf8AreReplacedInPart) {
  for (const char* hostile : {"model \xff\xfe", "model \xc3", "model \xed\xa0\x80", "model \xf5\x80\x80\x80"}) {
    RequestRecord record = answered_record();
    record.model = hostile;

    const std::string told = line_of(record).at("model");

    EXPECT_THAT(told, HasSubstr("model "));
    EXPECT_THAT(told, HasSubstr("\xef\xbf\xbd"));
  }
}

TEST_F(AccessLogTest, HostileNamesAreHarmlessInEveryField) {
  const std::string hostile = "\"}\n{\xff\\";
  RequestRecord record = answered_record();
  for (std::string* field : {&record.request_id, &record.caller, &record.route, &record.provider, &record.upstream_model,
                             &record.upstream_request_id, &record.error}) {
    *field = hostile;
  }

  EXPECT_EQ(line_of(record).at("error"), "\"}\n{\xef\xbf\xbd\\");
}

TEST_F(AccessLogTest, WithoutTokensThereAreNoTokenFields) {
  RequestRecord record = answered_record();
  record.usage = {};

  const Names fields = fields_of(line_of(record));

  for (const std::string& name : kTokenFields) EXPECT_FALSE(fields.contains(name)) << name;
}

}  // namespace
}  // namespace balancer::gateway
