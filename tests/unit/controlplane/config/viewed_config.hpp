// A configuration that went through its view: what people are shown, written down as a file and read again.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "controlplane/config/config_view.hpp"
#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {

class ConfigViewFixture : public ConfigFixture {
 protected:
  using Json = nlohmann::ordered_json;

  // As a file could have it: with the credentials that the view hides.
  static Json with_secrets(Json view, const Config& config) {
    const std::vector<Provider>& providers = config.snapshot.providers;
    for (std::size_t i = 0; i < providers.size(); ++i) {
      Json& provider = view["providers"][i];
      if (provider["auth_value"] == kHiddenSecret) provider["auth_value"] = providers[i].credential.reveal();
      if (!provider["proxy"].is_string()) continue;
      std::string& proxy = provider["proxy"].get_ref<std::string&>();
      const std::size_t hidden = proxy.find(kHiddenSecret);
      if (hidden != std::string::npos) {
        proxy.replace(hidden, std::string_view(kHiddenSecret).size(), providers[i].proxy->password.reveal());
      }
    }
    const std::vector<ClientKey>& keys = config.snapshot.client_authentication.keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      view["settings"]["auth"]["keys"][i] = {{"name", keys[i].name}, {"sha256", to_hex(keys[i].digest)}};
    }
    return view;
  }

  // What its view says when it is read again. JSON is YAML.
  std::optional<Config> read_again(const Config& config) {
    std::optional<Config> again = load(with_secrets(config_view(config), config).dump(1)).config;
    if (again) again->snapshot.load_time = config.snapshot.load_time;
    return again;
  }

  void expect_round_trip(const Config& config) {
    const std::optional<Config> again = read_again(config);
    ASSERT_TRUE(again.has_value()) << testing::PrintToString(problems());
    EXPECT_EQ(config_view(*again).dump(1), config_view(config).dump(1));
    EXPECT_TRUE(*again == config);
  }
};

}  // namespace balancer::controlplane
