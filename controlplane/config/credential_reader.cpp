#include "controlplane/config/credential_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "common/config/quoted_text.hpp"
#include "controlplane/config/file_content.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::string_view kFilePrefix = "file:";
constexpr std::size_t kLargestCredential = 64 * 1024;

std::optional<std::string> read_credential_file(const YamlValue& value, const std::string& path,
                                                const ConfigFile& file) {
  Result<FileContent> content = read_file(file.folder / path, kLargestCredential);
  if (!content) {
    value.error(fmt::format("the file {} {}", in_quotes(path), content.error().message));
    return std::nullopt;
  }
  if (content->widely_readable) {
    value.warning(fmt::format("the file {} can be read by others than its owner; chmod 600 it", in_quotes(path)));
  }
  std::string& bytes = content->bytes;
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) bytes.pop_back();
  return std::move(bytes);
}

bool fits_into_header(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

void warn_of_readers(const YamlValue& value, const ConfigFile& file) {
  if (!file.widely_readable || value.written().find("${") != std::string::npos) return;
  value.warning(
      "others than its owner can read this secret in this file; chmod 600 it, or write ${VARIABLE} or file:PATH");
}

std::optional<Secret> read_credential(const YamlValue& value, const ConfigFile& file) {
  std::optional<std::string> text = value.text();
  if (!text) return std::nullopt;
  // The file's own text decides, so that a variable's value is never taken for a path.
  if (value.written().starts_with(kFilePrefix)) {
    text = read_credential_file(value, text->substr(kFilePrefix.size()), file);
    if (!text) return std::nullopt;
  } else if (!text->empty()) {
    warn_of_readers(value, file);
  }
  if (!fits_into_header(*text)) {
    value.error("the credential holds a line break or a character that is not plain ASCII");
    return std::nullopt;
  }
  if (!text->empty() && (text->front() == ' ' || text->back() == ' ')) {
    value.error("the credential begins or ends with a blank");
    return std::nullopt;
  }
  return Secret(std::move(*text));
}

}  // namespace balancer::controlplane
