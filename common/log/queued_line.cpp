#include "common/log/queued_line.hpp"

#include <algorithm>

namespace balancer::log {
namespace {

std::size_t text_size(const Line& line) {
  std::size_t size = line.phrase.size();
  for (const Field& field : line.fields) {
    size += field.key.size();
    if (const auto* text = std::get_if<std::string_view>(&field.value)) size += text->size();
  }
  return size;
}

// Puts `text` at `end`, which moves on.
std::string_view append(char*& end, std::string_view text) {
  const std::string_view copy(end, text.size());
  end = std::copy(text.begin(), text.end(), end);
  return copy;
}

}  // namespace

QueuedLine::QueuedLine(const Line& line)
    : text_(new char[text_size(line)]), fields_(line.fields.begin(), line.fields.end()), line_(line) {
  char* end = text_.get();
  line_.phrase = append(end, line.phrase);
  for (Field& field : fields_) {
    field.key = append(end, field.key);
    if (auto* text = std::get_if<std::string_view>(&field.value)) *text = append(end, *text);
  }
  line_.fields = fields_;
}

}  // namespace balancer::log
