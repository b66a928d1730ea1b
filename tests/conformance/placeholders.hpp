// What expectations cannot know, because the gateway makes it up.
#pragma once

#include <string>
#include <string_view>

namespace balancer::conformance {

// Whether the text is the expected one, in which stand
//   <msg id>      a generated message id
//   <tool id>     a generated tool call id
//   <signature>   a signature of the gateway's
//   <hex8>, <hex24>, <hex32>, <alnum9>   that many digits of a digest
//   <n>           a number of tokens
//   <any>         anything, also nothing
[[nodiscard]] bool matches_expected(std::string_view expected, std::string_view text);

// The bytes with every generated id replaced, for comparing two answers with each other.
[[nodiscard]] std::string without_generated_ids(std::string bytes);

}  // namespace balancer::conformance
