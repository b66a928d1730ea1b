// Bodies as compressing clients send them.
#pragma once

#include <string>
#include <string_view>

namespace balancer::fakes {

enum class Coding { kGzip, kZlib, kRawDeflate };

[[nodiscard]] std::string compressed(std::string_view text, Coding coding);

}  // namespace balancer::fakes
