// What is known of hosts, and that reference.yaml says the same (protocol.md appendix A).
#include "controlplane/config/host_preset.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>

#include "common/snapshot/conversion_switches.hpp"
#include "common/snapshot/provider_url.hpp"

namespace balancer::controlplane {
namespace {

ConversionSettings preset_of(std::string_view url) { return host_preset(parse_provider_url(url).value()).settings; }

TEST(HostPresetTest, KnowsHostsByTheirWholeName) {
  EXPECT_NE(preset_of("https://api.openai.com/v1"), ConversionSettings());
  EXPECT_NE(preset_of("https://team.openai.azure.com/openai/v1"), ConversionSettings());
  EXPECT_EQ(preset_of("https://api.openai.com.evil.example/v1"), ConversionSettings());
  EXPECT_EQ(preset_of("https://openai.azure.com.example/v1"), ConversionSettings());
  EXPECT_EQ(preset_of("https://api.together.xyz/v1"), ConversionSettings());
  EXPECT_EQ(preset_of("http://127.0.0.1:11434/v1").extras, std::vector<std::string>{"top_k"});
}

TEST(HostPresetTest, PortsCountOnlyForHostsOfNoName) {
  EXPECT_EQ(preset_of("https://api.openai.com:8000/v1"), preset_of("https://api.openai.com/v1"));
  EXPECT_EQ(preset_of("http://gpu.local:8000/v1").reasoning_style, ReasoningStyle::kEnableThinking);
  EXPECT_EQ(preset_of("http://gpu.local:8001/v1"), ConversionSettings());
}

TEST(HostPresetTest, KnowsHowHostsGoOnWithTheAssistantsWords) {
  const auto native = [](std::string_view url) { return host_preset(parse_provider_url(url).value()).native_prefill; };

  EXPECT_EQ(native("https://api.mistral.ai/v1"), Prefill::kPrefix);
  EXPECT_EQ(native("https://api.deepseek.com/beta"), Prefill::kPrefix);
  EXPECT_EQ(native("http://gpu.local:8000/v1"), Prefill::kContinue);
  EXPECT_EQ(native("http://gpu.local:11434/v1"), Prefill::kPass);
}

// The lines "#   HOST   switch=value, switch=value" of the reference file.
std::map<std::string, std::string> documented_presets() {
  std::ifstream file(std::string(BALANCER_DEPLOY_CONFIG_DIR) + "/reference.yaml");
  std::map<std::string, std::string> presets;
  bool in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (line.find("Presets of hosts") != std::string::npos) in_table = true;
    if (!in_table) continue;
    std::istringstream words(line.substr(std::min(line.find('#'), line.size() - 1) + 1));
    std::string host;
    words >> host;
    std::string rest;
    std::getline(words, rest);
    if (host.find('.') == std::string::npos && host.find(':') == std::string::npos) continue;
    if (rest.find('=') == std::string::npos) continue;
    presets[host] = rest.substr(rest.find_first_not_of(' '));
  }
  return presets;
}

std::string as_documented(const ConversionSettings& settings) {
  std::string text;
  for (const SwitchText& changed : switches_as_text(settings)) {
    if (!text.empty()) text += ", ";
    text += changed.name + "=";
    for (const std::string& value : changed.values) text += (&value == changed.values.data() ? "" : "+") + value;
    if (changed.name == "schema_clean") text = text.substr(0, text.rfind('=')) + "=true";
  }
  return text;
}

TEST(HostPresetTest, TheReferenceFileShowsThem) {
  const std::map<std::string, std::string> documented = documented_presets();

  const std::map<std::string, std::string> urls = {
      {"api.openai.com", "https://api.openai.com"},
      {"*.openai.azure.com", "https://x.openai.azure.com"},
      {"openrouter.ai", "https://openrouter.ai"},
      {"api.deepseek.com", "https://api.deepseek.com"},
      {"api.mistral.ai", "https://api.mistral.ai"},
      {"api.moonshot.ai", "https://api.moonshot.ai"},
      {"api.moonshot.cn", "https://api.moonshot.cn"},
      {"generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com"},
      {"*:11434", "http://any.host:11434"},
      {"*:8000", "http://any.host:8000"},
  };
  EXPECT_EQ(documented.size(), urls.size());
  for (const auto& [host, url] : urls) {
    ASSERT_TRUE(documented.contains(host)) << host;
    EXPECT_EQ(documented.at(host), as_documented(preset_of(url))) << host;
    // An unquoted null is read as nothing, hence as the preset's.
    EXPECT_EQ(preset_of(url).null_content, NullContent::kNull) << host;
  }
}

}  // namespace
}  // namespace balancer::controlplane
