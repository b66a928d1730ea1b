// Every switch survives the way from control plane to gateway.
#include "common/snapshot/conversion_switches.hpp"

#include <gmock/gmock.h>

#include <concepts>

namespace balancer {
namespace {

// Another value than the default, whatever the kind.
struct Change {
  void operator()(std::string_view, bool& value) const { value = !value; }
  void operator()(std::string_view, std::uint32_t& value) const { value += 7; }
  void operator()(std::string_view, std::optional<std::uint64_t>& value) const { value = 1ULL << 40; }
  void operator()(std::string_view, std::string& value) const { value = "text, with = and\nmore"; }
  void operator()(std::string_view, std::vector<std::string>& value) const { value = {"a", "", "b c"}; }
  template <class Choice>
    requires std::is_enum_v<Choice>
  void operator()(std::string_view, Choice& value) const {
    const auto choices = choices_of(value);
    value = value == choices.back().second ? choices.front().second : choices.back().second;
  }
};

TEST(ConversionSwitchesTest, EverySwitchSurvivesTheRoundTrip) {
  ConversionSettings settings;
  visit_switches(settings, Change());

  const std::vector<SwitchText> text = switches_as_text(settings);
  const Result<ConversionSettings> back = switches_from_text(text);

  std::size_t count = 0;
  visit_switches(settings, [&](std::string_view, const auto&) { ++count; });
  EXPECT_EQ(text.size(), count);
  ASSERT_TRUE(back);
  EXPECT_TRUE(*back == settings);
}

TEST(ConversionSwitchesTest, DefaultsNeedNoWords) {
  EXPECT_TRUE(switches_as_text(ConversionSettings()).empty());
  EXPECT_TRUE(switches_from_text({}).value() == ConversionSettings());
}

TEST(ConversionSwitchesTest, EveryChoiceHasANameOfItsOwn) {
  visit_switches(ConversionSettings(), [](std::string_view name, const auto& value) {
    if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(value)>>) {
      const auto choices = choices_of(value);
      for (std::size_t i = 0; i < choices.size(); ++i) EXPECT_EQ(static_cast<std::size_t>(choices[i].second), i) << name;
    }
  });
}

TEST(ConversionSwitchesTest, UnknownSwitchesAndValuesAreRefused) {
  const std::vector<SwitchText> bad = {{"no_such_switch", {"1"}},   {"max_stop", {"many"}}, {"max_stop", {}}, {"max_output_tokens", {"0"}},
                                       {"mid_system", {"nowhere"}}, {"vision", {"1", "2"}}, {"strict_tools", {"yes"}}};
  for (const SwitchText& text : bad) EXPECT_TRUE(switches_from_text({&text, 1}).has_error()) << text.name;
}

}  // namespace
}  // namespace balancer
