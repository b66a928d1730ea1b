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
    if (!value) return;
    if (std::string_view(name) == "schema_clean" && read_yes_or_no(*value, target)) return;
    target = map_.texts(name, target);
  }
  template <class Choice>
    requires std::is_enum_v<Choice>
  void operator()(const char* name, Choice& target) {
    const auto value = map_.find(name);
    if (!value) return;
    // YAML takes an unquoted null for nothing.
    const std::string written = value->is_null() ? "null" : value->written();
    if (read_special(written, target)) return;
    std::vector<std::string_view> names;
    for (const auto& [choice_name, choice] : choices_of(target)) {
      names.push_back(choice_name);
      if (!ascii_iequal(written, choice_name)) continue;
      target = choice;
      return;
    }
    value->error(fmt::format("must be one of {}; not {}", fmt::join(names, ", "), in_quotes(written)));
  }

 private:
  static bool read_yes_or_no(const YamlValue& value, std::vector<std::string>& target) {
    if (ascii_iequal(value.written(), "true")) target = usual_schema_clean();
    if (ascii_iequal(value.written(), "false")) target.clear();
    return ascii_iequal(value.written(), "true") || ascii_iequal(value.written(), "false");
  }

  // Words that stand for what the host is known for.
  template <class Choice>
  bool read_special(const std::string& written, Choice& target) const {
    if constexpr (std::is_same_v<Choice, Prefill>) {
      if (written != "native") return false;
      target = preset_.native_prefill;
      return true;
    }
    if constexpr (std::is_same_v<Choice, MaxTokensField>) return written == "auto";
    return false;
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
