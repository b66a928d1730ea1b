#include "deploy/demo_provider/user_words.hpp"

namespace balancer::demo {
namespace {

constexpr std::string_view kNoteBegin = "<system-reminder>";
constexpr std::string_view kNoteEnd = "</system-reminder>";
constexpr std::string_view kWhiteSpace = " \t\r\n";

}  // namespace

std::string words_of_user(std::string_view text) {
  std::string words;
  for (auto begin = text.find(kNoteBegin); begin != text.npos; begin = text.find(kNoteBegin)) {
    const auto end = text.find(kNoteEnd, begin);
    if (end == text.npos) break;
    words += text.substr(0, begin);
    text.remove_prefix(end + kNoteEnd.size());
  }
  words += text;
  words.erase(words.find_last_not_of(kWhiteSpace) + 1);
  words.erase(0, words.find_first_not_of(kWhiteSpace));
  return words;
}

}  // namespace balancer::demo
