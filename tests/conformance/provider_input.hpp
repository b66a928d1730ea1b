// The bytes of a provider's answer, from the file of a case that holds them.
#pragma once

#include <string>
#include <string_view>

#include "tests/conformance/case_folder.hpp"

namespace balancer::conformance {

// From input.chunks (chunk_stream), input.sse or answer.json as it is, or input.sse.esc (unescaped). Throws
// std::runtime_error unless there is exactly one of them.
[[nodiscard]] std::string provider_input(const CaseFolder& folder);

// Every line is an event, in the shorthand of protocol.md 8:
//   c {"content":"Hi"}   a chunk with that delta
//   fin stop             a chunk with an empty delta and that finish_reason
//   use 5 2              a chunk without choices, with these prompt_tokens and completion_tokens
//   DONE                 data: [DONE]
//   {...}                that chunk
//   ; ...                said to the reader of the case
// Throws std::runtime_error on any other line.
[[nodiscard]] std::string chunk_stream(std::string_view lines);

// Newlines are for the eye; \r \n \\ and \xHH stand for bytes.
[[nodiscard]] std::string unescaped_bytes(std::string_view text);

}  // namespace balancer::conformance
