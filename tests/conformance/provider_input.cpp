#include "tests/conformance/provider_input.hpp"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

namespace balancer::conformance {
namespace {

std::string chunk_of(const std::string& line) {
  const std::size_t space = line.find(' ');
  const std::string word = line.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
  if (line.starts_with('{')) return line;
  if (line == "DONE") return "[DONE]";
  if (word == "c") return fmt::format(R"({{"choices":[{{"index":0,"delta":{}}}]}})", rest);
  if (word == "fin") return fmt::format(R"({{"choices":[{{"index":0,"delta":{{}},"finish_reason":"{}"}}]}})", rest);
  const std::size_t second = rest.find(' ');
  if (word == "use" && second != std::string::npos) {
    return fmt::format(R"({{"choices":[],"usage":{{"prompt_tokens":{},"completion_tokens":{}}}}})",
                       rest.substr(0, second), rest.substr(second + 1));
  }
  throw std::runtime_error("not a chunk: " + line);
}

}  // namespace

std::string provider_input(const CaseFolder& folder) {
  std::optional<std::string> found;
  for (const std::string_view name : {"input.chunks", "input.sse", "input.sse.esc", "answer.json"}) {
    const auto file = folder.file(name);
    if (!file) continue;
    if (found) throw std::runtime_error(folder.name() + ": more than one input");
    found = name == "input.chunks" ? chunk_stream(*file) : name == "input.sse.esc" ? unescaped_bytes(*file) : *file;
  }
  if (!found) throw std::runtime_error(folder.name() + ": no input");
  return *found;
}

std::string chunk_stream(std::string_view lines) {
  std::string bytes;
  for (const std::string& line : lines_of(lines)) {
    if (!line.starts_with(';')) bytes += "data: " + chunk_of(line) + "\n\n";
  }
  return bytes;
}

std::string unescaped_bytes(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') continue;
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    const char kind = ++i < text.size() ? text[i] : '\0';
    if (kind == 'x' && i + 2 < text.size()) {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else if (kind == 'r' || kind == 'n' || kind == '\\') {
      bytes += kind == 'r' ? '\r' : kind == 'n' ? '\n' : '\\';
    } else {
      throw std::runtime_error(fmt::format("an unknown escape: \\{}", kind));
    }
  }
  return bytes;
}

}  // namespace balancer::conformance
