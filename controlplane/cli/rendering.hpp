// One answer in every form that it can be asked for in.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace balancer::controlplane::cli {

enum class OutputFormat {
  kTable,
  // The table with more columns.
  kWide,
  kJson,
  kYaml,
  // Nothing but names, one a line: for scripts and completion.
  kName,
};

struct Rendering {
  // For people; ends with a line end.
  std::string text;
  // The same with more; empty: there is no more.
  std::string wide_text{};
  nlohmann::ordered_json json;
  std::vector<std::string> names{};
};

// Ends with a line end, unless there is nothing to say. Names hold no control characters.
[[nodiscard]] std::string rendered(const Rendering& rendering, OutputFormat format);

}  // namespace balancer::controlplane::cli
