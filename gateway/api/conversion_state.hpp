// What one I/O thread keeps between the conversions of its requests.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/openai_error/learned_settings.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"
#include "gateway/failover/absent_endpoints.hpp"

namespace balancer::gateway {

struct ConversionState {
  // Memory for reading requests and answers; used between two suspensions only.
  JsonDocument request;
  ConversionScratch answer;
  // What providers refused, and would refuse again; what this thread learns, the others are told.
  LearnedSettings learned;
  std::function<void(const LearnedLesson&)> tell_others;
  // Providers that do not count tokens.
  AbsentEndpoints without_token_count;
  // Configured names of those that have said in a stream what it used, and will again.
  std::unordered_set<std::string> usage_reporters;
  // Dropped fields that this thread has met.
  std::unordered_set<std::string> noticed_fields;
};

}  // namespace balancer::gateway
