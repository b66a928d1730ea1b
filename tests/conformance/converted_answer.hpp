// A provider's answer, converted as the gateway converts it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/snapshot/conversion.hpp"
#include "gateway/dialect/openai_request/conversion.hpp"

namespace balancer::conformance {

enum class AnswerForm { kStream, kMessage };

struct ConvertedAnswer {
  // Events, or the message; of a failed answer what was written until then.
  std::string bytes;
  bool complete = false;
  // What the gateway must know beside the bytes (README.md):
  //   ! KIND [STATUS MESSAGE]   the provider gave up
  //   = empty                   nothing for the client; another provider gets a chance
  //   = estimated               the provider did not count tokens
  std::vector<std::string> remarks;
};

// The input comes in pieces of that many bytes.
[[nodiscard]] ConvertedAnswer convert_answer(std::string_view input, const gateway::ReplyContext& context,
                                             const ConversionSettings& settings, AnswerForm form,
                                             std::size_t piece_size);

}  // namespace balancer::conformance
