// A YAML mapping, read key by key: one line declares a key's name, kind, default and bounds.
//
//   provider.enabled = map.boolean("enabled", true);
//   settings.cooldown = map.duration({"failure_cooldown", "cooldown_seconds"}, 180s);
//
// A key is known once it has been asked for. When the map is destroyed, those that nobody asked for are reported,
// with the known name that looks most alike. A null value counts as an absent one.
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/config/yaml_value.hpp"

namespace balancer {

// A key's name, and older names that mean the same. The first one that is present counts; a second is warned of.
class YamlKey {
 public:
  YamlKey(const char* name) : names_{name} {}  // NOLINT(google-explicit-constructor)
  YamlKey(std::initializer_list<std::string_view> names) : names_(names) {}

  [[nodiscard]] const std::vector<std::string_view>& names() const { return names_; }

 private:
  std::vector<std::string_view> names_;
};

template <class T>
using YamlChoices = std::initializer_list<std::pair<std::string_view, T>>;

class YamlMap {
 public:
  struct Entry {
    std::string key;
    YamlPlace key_place;
    YamlValue value;
  };

  // Follows "<<" merges (a mapping or a list of mappings; the map's own keys win, then the earlier mapping), and
  // reports duplicate keys. Anything but a mapping is reported and has no entries.
  explicit YamlMap(YamlValue value);
  ~YamlMap();
  YamlMap(YamlMap&&) noexcept = default;
  YamlMap& operator=(YamlMap&&) = delete;

  [[nodiscard]] std::optional<YamlValue> find(const YamlKey& key);
  // Reports a key that is absent.
  std::optional<YamlValue> require(const YamlKey& key);

  [[nodiscard]] std::string text(const YamlKey& key, std::string fallback = {});
  [[nodiscard]] bool boolean(const YamlKey& key, bool fallback);
  template <std::integral T>
  [[nodiscard]] T integer(const YamlKey& key, T fallback, T min, T max);
  [[nodiscard]] std::chrono::milliseconds duration(const YamlKey& key, std::chrono::milliseconds fallback,
                                                   std::chrono::milliseconds min = std::chrono::milliseconds(0));
  // A list of texts; a single text is a list of one.
  [[nodiscard]] std::vector<std::string> texts(const YamlKey& key, std::vector<std::string> fallback = {});
  // Letter case does not matter.
  template <class T>
  [[nodiscard]] T choice(const YamlKey& key, T fallback, YamlChoices<T> choices);
  [[nodiscard]] std::vector<YamlValue> list(const YamlKey& key);
  // Without entries when the key is absent.
  [[nodiscard]] YamlMap map(const YamlKey& key);

  // Accepts a key, with whatever it holds, without using it: one warning for the whole document, `reason` after the
  // key's name, e.g. "is not supported: ...".
  void ignore(const YamlKey& key, std::string_view reason);
  // Accepts every key that starts so.
  void ignore_prefix(std::string_view prefix);

  // For maps whose keys are data: all of them become known. In the order of the file.
  [[nodiscard]] std::vector<Entry> entries();

  // About the map as a whole.
  [[nodiscard]] const YamlValue& value() const { return value_; }

 private:
  void add_entries(const YAML::Node& map, YamlPlace place, int depth);
  void add_merged(const YAML::Node& merged, YamlPlace place, int depth);
  [[nodiscard]] Entry* entry(std::string_view name);
  void know(const YamlKey& key);
  [[nodiscard]] std::string path_of(std::string_view key) const;
  void report_unknown_keys() const;
  static std::size_t choose(const YamlValue& value, std::span<const std::string_view> names);

  YamlValue value_;
  std::vector<Entry> entries_;
  std::unordered_set<std::string> names_;
  bool keys_are_data_ = false;
  std::vector<std::string> known_;
  std::vector<std::string> known_prefixes_;
};

template <std::integral T>
T YamlMap::integer(const YamlKey& key, T fallback, T min, T max) {
  const auto value = find(key);
  if (!value) return fallback;
  const auto number = value->integer(static_cast<std::int64_t>(min), static_cast<std::int64_t>(max));
  return number ? static_cast<T>(*number) : fallback;
}

template <class T>
T YamlMap::choice(const YamlKey& key, T fallback, YamlChoices<T> choices) {
  const auto value = find(key);
  if (!value) return fallback;
  std::vector<std::string_view> names;
  for (const auto& [name, meaning] : choices) names.push_back(name);
  const std::size_t chosen = choose(*value, names);
  return chosen < choices.size() ? (choices.begin() + chosen)->second : fallback;
}

}  // namespace balancer
