#include "common/config/yaml_map.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

#include "common/config/nearest_word.hpp"
#include "common/config/quoted_text.hpp"
#include "common/text/ascii.hpp"

namespace balancer {
namespace {

constexpr int kDeepestMerge = 16;

YamlPlace place_of(const YAML::Node& node) { return {node.Mark().line + 1, node.Mark().column + 1}; }

// A quoted "<<" is an ordinary key.
bool is_merge_key(const YAML::Node& key) { return key.IsScalar() && key.Scalar() == "<<" && key.Tag() == "?"; }

bool reads_as_name(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

YamlMap::YamlMap(YamlValue value) : value_(std::move(value)) {
  if (value_.is_map()) {
    add_entries(value_.node_, value_.place(), 0);
  } else if (!value_.is_null()) {
    value_.error("must be a mapping (key: value)");
  }
}

YamlMap::~YamlMap() { report_unknown_keys(); }

void YamlMap::add_entries(const YAML::Node& map, YamlPlace place, int depth) {
  if (depth > kDeepestMerge) {
    value_.error("merges (<<) too deeply, or itself");
    return;
  }
  std::unordered_map<std::string, YamlPlace> own;
  std::vector<YAML::Node> merges;
  for (const auto& item : map) {
    if (!value_.context_->take_value(place)) return;
    const YAML::Node& key = item.first;
    const YamlPlace key_place = place_of(key);
    if (!key.IsScalar()) {
      value_.context_->problems.add({YamlSeverity::kError, key_place, value_.path(), "has a key that is no text"});
      continue;
    }
    const std::string name = key.Scalar();
    const auto [former, is_new] = own.emplace(name, key_place);
    if (!is_new) {
      value_.context_->problems.add({YamlSeverity::kError, key_place, path_of(name),
                                     fmt::format("duplicate key; it was given in line {}, column {} already",
                                                 former->second.line, former->second.column)});
      continue;
    }
    if (is_merge_key(key)) {
      merges.push_back(item.second);
    } else if (names_.insert(name).second) {
      entries_.push_back({name, key_place, YamlValue(*value_.context_, item.second, path_of(name), key_place)});
    }
  }
  for (const YAML::Node& merge : merges) add_merged(merge, own.at("<<"), depth + 1);
}

void YamlMap::add_merged(const YAML::Node& merged, YamlPlace place, int depth) {
  if (merged.IsMap()) {
    add_entries(merged, place, depth);
    return;
  }
  const auto refuse = [&] {
    value_.context_->problems.add(
        {YamlSeverity::kError, place, value_.path(), "<< needs a mapping, or a list of mappings"});
  };
  if (!merged.IsSequence()) return refuse();
  for (const YAML::Node& item : merged) {
    if (!value_.context_->take_value(place)) return;
    if (!item.IsMap()) return refuse();
    add_entries(item, place, depth);
  }
}

YamlMap::Entry* YamlMap::entry(std::string_view name) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& candidate) { return candidate.key == name; });
  return found == entries_.end() ? nullptr : &*found;
}

void YamlMap::know(const YamlKey& key) {
  known_.insert(known_.end(), key.names().begin(), key.names().end());
}

std::optional<YamlValue> YamlMap::find(const YamlKey& key) {
  know(key);
  std::optional<YamlValue> result;
  std::string_view result_name;
  for (const std::string_view name : key.names()) {
    const Entry* const candidate = entry(name);
    if (!candidate || candidate->value.is_null()) continue;
    if (!result) {
      result = candidate->value;
      result_name = name;
    } else {
      candidate->value.warning(fmt::format("is not used: {} is given too and means the same", result_name));
    }
  }
  return result;
}

std::optional<YamlValue> YamlMap::require(const YamlKey& key) {
  auto result = find(key);
  const bool reported_already = !value_.is_map() && !value_.is_null();
  if (!result && !reported_already) {
    value_.context_->problems.add(
        {YamlSeverity::kError, value_.place(), path_of(key.names().front()), "is missing"});
  }
  return result;
}

std::string YamlMap::text(const YamlKey& key, std::string fallback) {
  const auto value = find(key);
  return value ? value->text().value_or(std::move(fallback)) : std::move(fallback);
}

bool YamlMap::boolean(const YamlKey& key, bool fallback) {
  const auto value = find(key);
  return value ? value->boolean().value_or(fallback) : fallback;
}

std::chrono::milliseconds YamlMap::duration(const YamlKey& key, std::chrono::milliseconds fallback,
                                            std::chrono::milliseconds min) {
  const auto value = find(key);
  return value ? value->duration(min).value_or(fallback) : fallback;
}

std::vector<std::string> YamlMap::texts(const YamlKey& key, std::vector<std::string> fallback) {
  const auto value = find(key);
  if (!value) return fallback;
  std::vector<std::string> result;
  const bool single = !value->written().empty();
  for (const YamlValue& item : single ? std::vector{*value} : value->list()) {
    if (auto text = item.text()) result.push_back(std::move(*text));
  }
  return result;
}

std::vector<YamlValue> YamlMap::list(const YamlKey& key) {
  const auto value = find(key);
  return value ? value->list() : std::vector<YamlValue>();
}

YamlMap YamlMap::map(const YamlKey& key) {
  if (const auto value = find(key)) return value->map();
  return YamlMap(YamlValue(*value_.context_, YAML::Node(), path_of(key.names().front()), value_.place()));
}

void YamlMap::ignore(const YamlKey& key, std::string_view reason) {
  know(key);
  for (const std::string_view name : key.names()) {
    const Entry* const candidate = entry(name);
    if (!candidate || !value_.context_->ignored_keys.insert(fmt::format("{} {}", name, reason)).second) continue;
    value_.context_->problems.add(
        {YamlSeverity::kWarning, candidate->key_place, path_of(name), std::string(reason)});
  }
}

void YamlMap::ignore_prefix(std::string_view prefix) { known_prefixes_.emplace_back(prefix); }

std::vector<YamlMap::Entry> YamlMap::entries() {
  keys_are_data_ = true;
  return entries_;
}

std::string YamlMap::path_of(std::string_view key) const {
  const std::string& parent = value_.path();
  if (!reads_as_name(key)) return fmt::format("{}[{}]", parent, in_quotes(key));
  return parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key);
}

void YamlMap::report_unknown_keys() const {
  if (keys_are_data_) return;
  for (const Entry& candidate : entries_) {
    if (value_.context_->problems.full()) return;
    const std::string& name = candidate.key;
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    if (std::any_of(known_prefixes_.begin(), known_prefixes_.end(),
                    [&](const std::string& prefix) { return name.starts_with(prefix); })) {
      continue;
    }
    const std::string_view nearest = nearest_word(name.substr(0, 64), known_);
    value_.context_->problems.add(
        {YamlSeverity::kError, candidate.key_place, path_of(name),
         nearest.empty() ? std::string("unknown key") : fmt::format("unknown key; did you mean {}?", nearest)});
  }
}

std::size_t YamlMap::choose(const YamlValue& value, std::span<const std::string_view> names) {
  const auto text = value.text();
  if (!text) return names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (ascii_iequal(*text, names[i])) return i;
  }
  value.error(fmt::format("must be one of {}; not {}", fmt::join(names, ", "), in_quotes(value.written())));
  return names.size();
}

}  // namespace balancer
