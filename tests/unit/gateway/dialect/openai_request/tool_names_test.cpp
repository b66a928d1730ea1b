// Names and ids of tools on both sides (protocol.md 2.6).
#include "gateway/dialect/openai_request/tool_names.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "gateway/dialect/openai_request/tool_ids.hpp"

namespace balancer::gateway {
namespace {

bool is_openai_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
}

TEST(ToolNamesTest, EveryNameFitsIsUniqueAndComesBack) {
  const std::string long_name(128, 'n');
  const std::string other_long_name = long_name.substr(0, 127) + "m";
  const std::vector<std::string_view> names = {"ls",  "a.b", "a_b", "a/b", "\xc3\xa9t\xc3\xa9", long_name,
                                               other_long_name, "mcp__server__tool", ""};
  const ToolNames map(names);

  std::set<std::string> given;
  for (const std::string_view name : names) {
    const std::string provider_name = map.to_provider(name);
    EXPECT_TRUE(is_openai_name(provider_name)) << provider_name;
    EXPECT_TRUE(given.insert(provider_name).second) << provider_name;
    EXPECT_EQ(map.to_client(provider_name), name);
  }
  EXPECT_EQ(map.to_provider("ls"), "ls");
  EXPECT_EQ(map.to_client("made_up"), "made_up");
}

TEST(ToolNamesTest, NamesOfTheHistoryAreMappedLikeDeclaredOnes) {
  const std::string long_name(100, 'n');
  const std::vector<std::string_view> declared = {long_name};

  EXPECT_EQ(ToolNames().to_provider(long_name), ToolNames(declared).to_provider(long_name));
}

TEST(ToolIdsTest, WhatTheClientIsToldLeadsBack) {
  const ConversionSettings settings;
  const std::string long_id(100, 'x');
  for (const std::string& id : {std::string("call_1"), std::string("call:7.1"), std::string("chatcmpl-tool-abc"), long_id}) {
    EXPECT_EQ(tool_id_to_provider(tool_id_to_client(id, {}), settings), id);
  }
}

TEST(ToolIdsTest, FreshIdsAreUnlikeAllOthers) {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = tool_id_to_client("", {});
    EXPECT_TRUE(seen.insert(id).second);
    // One that looked made from another would be taken apart on its way back.
    EXPECT_EQ(tool_id_to_provider(id, {}), id);
  }
}

TEST(ToolIdsTest, HostileIdsOfClientsStayHarmless) {
  // "toolu_x" and base64url of control characters, and of bytes that are no UTF-8.
  for (const char* const id : {"toolu_xAAEC", "toolu_x__8", "toolu_x", "toolu_x!"}) {
    EXPECT_EQ(tool_id_to_provider(id, {}), id);
  }
}

}  // namespace
}  // namespace balancer::gateway
