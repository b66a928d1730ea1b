#include "tests/conformance/case_folder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace balancer::conformance {

std::optional<std::string> CaseFolder::file(std::string_view file_name) const {
  std::ifstream stream(path_ / file_name, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string CaseFolder::file_or(std::string_view file_name, std::string_view fallback) const {
  return file(file_name).value_or(std::string(fallback));
}

std::string CaseFolder::line_or(std::string_view file_name, std::string_view fallback) const {
  std::string text = file_or(file_name, fallback);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::vector<std::string> CaseFolder::files_beside(std::span<const std::string_view> known) const {
  std::vector<std::string> others;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    std::string name = entry.path().filename().string();
    if (std::find(known.begin(), known.end(), name) == known.end()) others.push_back(std::move(name));
  }
  return others;
}

std::vector<CaseFolder> case_folders(std::string_view kind) {
  const std::filesystem::path folder = std::filesystem::path(BALANCER_CONFORMANCE_CASES) / kind;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return {paths.begin(), paths.end()};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

}  // namespace balancer::conformance
