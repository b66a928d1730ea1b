#include "controlplane/cli/client/completion_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace balancer::controlplane::cli {
namespace {

using Kind = ValueSource::Kind;

constexpr auto kNouns = std::to_array<std::pair<std::string_view, const char*>>(
    {{"PROVIDER", "providers"}, {"GATEWAY", "gateways"}, {"REQUEST", "requests"}});

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_literal(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// CLI11 describes a checked value as "TYPE:{a,b}"; a transformed one as "TYPE:value in {a->1,b->2}".
std::vector<std::string> words_of_check(const std::string& type) {
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}', begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  std::vector<std::string> words = split(std::string_view(type).substr(begin + 1, end - begin - 1), ',');
  for (std::string& word : words) word = word.substr(0, word.find("->"));
  return words;
}

ValueSource source_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {Kind::kNone, {}, {}};
  const std::string type = option.get_type_name();
  if (auto words = words_of_check(type); !words.empty()) return {Kind::kWords, std::move(words), {}};
  const std::vector<std::string> alternatives = split(type, '|');
  if (alternatives.size() > 1 && std::all_of(alternatives.begin(), alternatives.end(), is_literal)) {
    return {Kind::kWords, alternatives, {}};
  }
  if (type == "FILE" || type.ends_with(":FILE")) return {Kind::kFiles, {}, {}};
  for (const auto& [name, noun] : kNouns) {
    if (type == name) return {Kind::kNames, {}, noun};
  }
  return {Kind::kAny, {}, {}};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool names_any(const std::vector<CompletionOption>& options, const std::string& name) {
  return std::any_of(options.begin(), options.end(), [&](const CompletionOption& option) {
    return std::find(option.names.begin(), option.names.end(), name) != option.names.end();
  });
}

// A name that is taken already is the nearer place's.
void add_options(const CLI::App& app, std::vector<CompletionOption>& options) {
  for (const CLI::Option* const option : app.get_options()) {
    if (!option->nonpositional() || option->get_group().empty()) continue;
    CompletionOption added{{}, first_line(option->get_description()), source_of(*option)};
    for (const std::string& name : option->get_snames()) added.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) added.names.push_back("--" + name);
    std::erase_if(added.names, [&](const std::string& name) { return names_any(options, name); });
    if (!added.names.empty()) options.push_back(std::move(added));
  }
}

void add_places(const CLI::App& app, const std::string& path, std::vector<CompletionPlace>& places) {
  CompletionPlace place{path, {}, {}, {}};
  const CLI::App* level = &app;
  add_options(*level, place.options);
  while (level->get_fallthrough() && level->get_parent() != nullptr) {
    level = level->get_parent();
    add_options(*level, place.options);
  }
  for (const CLI::Option* const option : app.get_options()) {
    if (option->get_positional() && !option->nonpositional()) place.positionals.push_back(source_of(*option));
  }
  const auto subcommands = app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); });
  for (const CLI::App* const each : subcommands) {
    place.subcommands.push_back({each->get_name(), first_line(each->get_description())});
  }
  places.push_back(std::move(place));
  for (const CLI::App* const each : subcommands) {
    add_places(*each, path.empty() ? each->get_name() : path + " " + each->get_name(), places);
  }
}

}  // namespace

std::vector<CompletionPlace> completion_places(const CLI::App& app) {
  std::vector<CompletionPlace> places;
  add_places(app, "", places);
  return places;
}

}  // namespace balancer::controlplane::cli
