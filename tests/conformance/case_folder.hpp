// One folder below tests/conformance/{request,stream,message}: a case, written down in files (README.md).
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::conformance {

class CaseFolder {
 public:
  explicit CaseFolder(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] std::string name() const { return path_.filename().string(); }
  // The file's bytes; absent without such a file.
  [[nodiscard]] std::optional<std::string> file(std::string_view file_name) const;
  [[nodiscard]] std::string file_or(std::string_view file_name, std::string_view fallback) const;
  // A text file without the newline at its end.
  [[nodiscard]] std::string line_or(std::string_view file_name, std::string_view fallback) const;
  // Names of what lies in the folder and is not one of these.
  [[nodiscard]] std::vector<std::string> files_beside(std::span<const std::string_view> known) const;

 private:
  std::filesystem::path path_;
};

// The cases of a kind, by name; throws when there is no such kind.
[[nodiscard]] std::vector<CaseFolder> case_folders(std::string_view kind);

// Without empty lines.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

}  // namespace balancer::conformance
