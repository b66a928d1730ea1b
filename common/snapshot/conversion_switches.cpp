#include "common/snapshot/conversion_switches.hpp"

#include <charconv>
#include <concepts>
#include <type_traits>

namespace balancer {
namespace {

template <std::integral Number>
bool parse(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

struct ToText {
  std::vector<std::string> operator()(bool value) const { return {value ? "true" : "false"}; }
  std::vector<std::string> operator()(std::uint32_t value) const { return {std::to_string(value)}; }
  std::vector<std::string> operator()(const std::string& value) const { return {value}; }
  std::vector<std::string> operator()(const std::vector<std::string>& values) const { return values; }
  std::vector<std::string> operator()(const std::optional<std::uint64_t>& value) const {
    return value ? std::vector<std::string>{std::to_string(*value)} : std::vector<std::string>();
  }
  template <class Choice>
    requires std::is_enum_v<Choice>
  std::vector<std::string> operator()(Choice value) const {
    for (const auto& [name, choice] : choices_of(value)) {
      if (choice == value) return {std::string(name)};
    }
    return {};
  }
};

// False when the values are none of this kind.
struct FromText {
  bool operator()(const std::vector<std::string>& values, std::vector<std::string>& target) const {
    target = values;
    return true;
  }
  bool operator()(const std::vector<std::string>& values, std::optional<std::uint64_t>& target) const {
    std::uint64_t number = 0;
    if (values.size() != 1 || !parse(values.front(), number) || number == 0) return false;
    target = number;
    return true;
  }
  template <class Value>
  bool operator()(const std::vector<std::string>& values, Value& target) const {
    return values.size() == 1 && assign(values.front(), target);
  }

 private:
  static bool assign(const std::string& text, bool& target) {
    target = text == "true";
    return target || text == "false";
  }
  static bool assign(const std::string& text, std::uint32_t& target) { return parse(text, target); }
  static bool assign(const std::string& text, std::string& target) {
    target = text;
    return true;
  }
  template <class Choice>
    requires std::is_enum_v<Choice>
  static bool assign(const std::string& text, Choice& target) {
    for (const auto& [name, choice] : choices_of(target)) {
      if (name != text) continue;
      target = choice;
      return true;
    }
    return false;
  }
};

}  // namespace

std::vector<SwitchText> switches_as_text(const ConversionSettings& settings, const ConversionSettings& basis) {
  std::vector<SwitchText> defaults;
  visit_switches(basis, [&](std::string_view name, const auto& value) {
    defaults.push_back({std::string(name), ToText{}(value)});
  });
  std::vector<SwitchText> changed;
  std::size_t index = 0;
  visit_switches(settings, [&](std::string_view name, const auto& value) {
    SwitchText text{std::string(name), ToText{}(value)};
    if (text != defaults[index++]) changed.push_back(std::move(text));
  });
  return changed;
}

Result<ConversionSettings> switches_from_text(std::span<const SwitchText> switches) {
  ConversionSettings settings;
  for (const SwitchText& text : switches) {
    bool known = false;
    bool valid = false;
    visit_switches(settings, [&](std::string_view name, auto& member) {
      if (name != text.name) return;
      known = true;
      valid = FromText{}(text.values, member);
    });
    if (!known) return Error{ErrorCode::kInvalidRequest, "unknown conversion switch " + text.name, {}};
    if (!valid) return Error{ErrorCode::kInvalidRequest, "impossible value of conversion switch " + text.name, {}};
  }
  return settings;
}

}  // namespace balancer
