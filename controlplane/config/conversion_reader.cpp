#include "controlplane/config/conversion_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <type_traits>

#include "common/config/quoted_text.hpp"
#include "common/snapshot/conversion_switches.hpp"
#include "common/text/ascii.hpp"
#include "controlplane/config/host_preset.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::int64_t kMostTokens = 1'000'000'000;

class SwitchReader {
 public:
  SwitchReader(YamlMap& map, const HostPreset& preset) : map_(map), preset_(preset) {}

  void operator()(const char* name, bool& target) { target = map_.boolean(name, target); }
  void operator()(const char* name, std::uint32_t& target) {
    target = map_.integer<std::uint32_t>(name, target, 0, std::numeric_limits<std::int32_t>::max());
  }
  void operator()(const char* name, std::string& target) { target = map_.text(name, target); }
  void operator()(const char* name, std::optional<std::uint64_t>& target) {
    const auto value = map_.find(name);
    if (!value || value->is_null()) return;
    if (const auto number = value->integer(1, kMostTokens)) target = static_cast<std::uint64_t>(*number);
  }
  void operator()(const char* name, std::vector<std::string>& target) {
    const auto value = map_.find(name);
    const bool is_word = value && !value->written().empty();
    if (is_word && std::string_view(name) == "schema_clean") return read_schema_clean(*value, target);
    target = map_.texts(name, target);
  }
  // An unquoted null counts as absent, as everywhere; null_content has it as its default.
  template <class Choice>
    requires std::is_enum_v<Choice>
  void operator()(const char* name, Choice& target) {
    const auto value = map_.find(name);
    const auto text = value ? value->text() : std::nullopt;
    if (!text) return;
    std::vector<std::string_view> names;
    for (const auto& [choice_name, choice] : choices_in_file(target)) {
      names.push_back(choice_name);
      if (!ascii_iequal(*text, choice_name)) continue;
      target = choice;
      return;
    }
    value->error(fmt::format("must be one of {}; not {}", fmt::join(names, ", "), in_quotes(value->written())));
  }

 private:
  static void read_schema_clean(const YamlValue& value, std::vector<std::string>& target) {
    if (const auto clean = value.boolean()) target = *clean ? usual_schema_clean() : std::vector<std::string>();
  }

  // With the words that stand for what the host is known for.
  template <class Choice>
  std::vector<SwitchChoice<Choice>> choices_in_file(Choice kind) const {
    const auto named = choices_of(kind);
    std::vector<SwitchChoice<Choice>> result(named.begin(), named.end());
    if constexpr (std::is_same_v<Choice, Prefill>) result.emplace_back("native", preset_.native_prefill);
    if constexpr (std::is_same_v<Choice, MaxTokensField>) {
      result.emplace_back("auto", preset_.settings.max_tokens_field);
    }
    return result;
  }

  YamlMap& map_;
  const HostPreset& preset_;
};

}  // namespace

ConversionSettings read_conversion(YamlMap& provider, const ProviderUrl& url) {
  const HostPreset preset = host_preset(url);
  ConversionSettings settings = preset.settings;
  visit_switches(settings, SwitchReader(provider, preset));
  return settings;
}

void refuse_conversion(YamlMap& provider) {
  const ConversionSettings settings;
  visit_switches(settings, [&](const char* name, const auto&) {
    refuse_key(provider, name, "is only for providers of type openai: others are passed through");
  });
}

void refuse_key(YamlMap& map, std::string_view key, std::string_view message) {
  if (const auto value = map.find(YamlKey({key}))) value->error(std::string(message));
}

}  // namespace balancer::controlplane
