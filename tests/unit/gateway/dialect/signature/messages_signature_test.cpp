#include "gateway/dialect/signature/messages_signature.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "tests/unit/gateway/dialect/signature/signed_request.hpp"

namespace balancer::gateway {
namespace {

// `text` with the one place that reads `from` reading `to`.
std::string edited(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) ADD_FAILURE() << "not one: " << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

const std::string& full_body() {
  static const std::string kBody =
      R"({"model":"claude-x","max_tokens":4096,"stream":true,)"
      R"("system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],)"
      R"("messages":[{"role":"user","content":"hi"},)"
      R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"EqR1"},)"
      R"({"type":"tool_use","id":"toolu_1","name":"ls","input":{"path":"/src","depth":2}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":false,"content":"a.c"}]}],)"
      R"("tools":[{"name":"ls","description":"Lists","input_schema":{"type":"object",)"
      R"("properties":{"path":{"type":"string"},"depth":{"type":"integer"}}}}],)"
      R"("tool_choice":{"type":"auto"},"temperature":1.0,"top_p":0.5,"top_k":7,"stop_sequences":["END"],)"
      R"("thinking":{"type":"enabled","budget_tokens":1024},"service_tier":"auto","container":"c1",)"
      R"("context_management":{"edits":[{"type":"clear_thinking_20251015"}]},)"
      R"("output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object","required":["q"]}}},)"
      R"("mcp_servers":[{"name":"s1"}],"unheard_of":null,)"
      R"("metadata":{"team":"core","user_id":"user_ab_account_cd_session_ef"}})";
  return kBody;
}

struct Change {
  const char* from;
  const char* to;
};

class CountedFieldTest : public testing::TestWithParam<Change> {};

TEST_P(CountedFieldTest, ChangesTheSignature) {
  EXPECT_NE(sign_body(edited(full_body(), GetParam().from, GetParam().to)), sign_body(full_body()));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, CountedFieldTest,
    testing::Values(
        Change{"claude-x", "claude-y"}, Change{"Be brief.", "Be brief"}, Change{"ephemeral", "persistent"},
        Change{R"("role":"assistant")", R"("role":"user")"}, Change{R"("hi")", R"("ho")"},
        Change{R"("hi")", R"(["hi"])"}, Change{R"("hi")", R"("\u0068i")"}, Change{R"("EqR1")", R"("EqR2")"},
        Change{R"("thinking":"hm")", R"("thinking":"")"}, Change{R"("id":"toolu_1")", R"("id":"toolu_2")"},
        Change{R"("/src")", R"("/srv")"}, Change{R"("depth":2)", R"("depth":2.0)"},
        Change{R"("depth":2)", R"("depth":"2")"}, Change{R"("is_error":false)", R"("is_error":true)"},
        Change{R"("is_error":false,)", ""}, Change{R"("a.c")", R"("a.c\n")"}, Change{"Lists", "lists"},
        Change{R"("type":"integer")", R"("type":"number")"}, Change{R"({"type":"auto"})", R"({"type":"any"})"},
        Change{R"("temperature":1.0)", R"("temperature":1)"}, Change{R"("temperature":1.0)", R"("temperature":1e0)"},
        Change{R"("temperature":1.0,)", ""}, Change{R"("top_p":0.5)", R"("top_p":0.50)"},
        Change{R"("top_k":7)", R"("top_k":8)"}, Change{R"(["END"])", R"(["END","STOP"])"}, Change{R"(["END"])", "[]"},
        Change{R"(["END"])", "null"}, Change{"1024", "2048"},
        Change{R"("service_tier":"auto")", R"("service_tier":"standard_only")"},
        Change{R"("c1")", R"("c2")"}, Change{"clear_thinking_20251015", "clear_tool_uses_20250919"},
        Change{R"("high")", R"("low")"}, Change{R"(["q"])", R"(["r"])"}, Change{R"("s1")", R"("s2")"},
        Change{R"("unheard_of":null)", R"("unheard_of":false)"}, Change{R"("unheard_of":null,)", ""},
        Change{R"("unheard_of")", R"("unheard_of_2")"}, Change{R"("core")", R"("edge")"}, Change{"user_ab", "user_xx"},
        Change{"account_cd", "account_xx"}, Change{"_session_", "_ression_"},
        Change{R"("messages":[)", R"("messages":[{"role":"user","content":""},)"}));

class VolatileFieldTest : public testing::TestWithParam<Change> {};

TEST_P(VolatileFieldTest, ChangesNothing) {
  EXPECT_EQ(sign_body(edited(full_body(), GetParam().from, GetParam().to)), sign_body(full_body()));
}

INSTANTIATE_TEST_SUITE_P(Fields, VolatileFieldTest,
                         testing::Values(Change{R"("stream":true)", R"("stream":false)"}, Change{R"("stream":true,)", ""},
                                         Change{"4096", "32000"}, Change{"_session_ef", "_session_01234567"},
                                         Change{"_session_ef", "_session_"}));

TEST(MessagesSignatureTest, IsPinned) {
  AskedRequest asked;
  asked.body = full_body();
  asked.fields = {{"x-api-key", "sk-1"}, {"anthropic-version", "2023-06-01"}, {"anthropic-beta", "b-2,a-1"}};

  // Another value here means other rules: SignatureBuilder's tag is to be counted up with it, or gateways of two versions
  // would take each other's answers.
  EXPECT_EQ(to_hex(sign(asked).value().digest), "a40f089fc03756c306140feef538ec8ceaeaa33d38baf71ff666158ea2851c47");
}

TEST(MessagesSignatureTest, FieldsFarBehindCount) {
  const std::string filler(300'000, 'x');
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":")" + filler +
                           R"("}],"temperature":0.1,"system":")" + filler + "last\"}";

  EXPECT_NE(sign_body(edited(body, "0.1", "0.2")), sign_body(body));
  EXPECT_NE(sign_body(edited(body, "last", "lost")), sign_body(body));
}

TEST(MessagesSignatureTest, MaxTokensCountsWhenTheOperatorSaysSo) {
  const std::string other = edited(full_body(), "4096", "32000");

  EXPECT_NE(sign_body(other, /*include_max_tokens=*/true), sign_body(full_body(), true));
  EXPECT_EQ(sign_body(edited(full_body(), R"("stream":true,)", ""), true), sign_body(full_body(), true));
}

TEST(MessagesSignatureTest, AnAnswerWithoutTokensIsNeverSharedWithOneThatHasThem) {
  // Zero warms the prompt cache, and what is no size at all is refused (protocol.md 2.2).
  for (const char* odd : {"0", "-1", "1.5", "1e3", "\"10\"", "null"}) {
    EXPECT_NE(sign_body(edited(full_body(), "4096", odd)), sign_body(full_body())) << odd;
  }
  EXPECT_NE(sign_body(edited(full_body(), R"("max_tokens":4096,)", "")), sign_body(full_body()));
  EXPECT_NE(sign_body(edited(full_body(), "4096", "0")), sign_body(edited(full_body(), "4096", "-1")));
}

TEST(MessagesSignatureTest, OnlyTheTopLevelsFieldsAreLeftOut) {
  for (const char* name : {"stream", "max_tokens", "provider", "user_id", "session_id", "model"}) {
    const std::string value = std::string(R"("depth":{")") + name + R"(":"a"})";
    const std::string other = std::string(R"("depth":{")") + name + R"(":"b"})";
    EXPECT_NE(sign_body(edited(full_body(), R"("depth":2)", value)),
              sign_body(edited(full_body(), R"("depth":2)", other)))
        << name;
  }
}

TEST(MessagesSignatureTest, NamesInEscapesAreTheSameNames) {
  const auto streamed = [](std::string_view value) {
    return sign_body(edited(full_body(), R"("stream":true)", R"("str\u0065am":)" + std::string(value)));
  };
  const auto limited = [](std::string_view value) {
    return sign_body(edited(full_body(), R"("max_tokens":4096)", R"("max\u005ftokens":)" + std::string(value)));
  };

  EXPECT_EQ(streamed("true"), streamed("false"));
  EXPECT_EQ(limited("10"), limited("20"));
}

TEST(MessagesSignatureTest, ThePinCountsHoweverItIsWritten) {
  const auto pinned = [](std::string_view member) {
    return sign_body(edited(full_body(), R"("top_k":7)", R"("top_k":7,)" + std::string(member)));
  };

  EXPECT_NE(pinned(R"("provider":"a")"), sign_body(full_body()));
  EXPECT_NE(pinned(R"("provider":"a")"), pinned(R"("provider":"b")"));
  EXPECT_EQ(pinned(R"("provider":"a")"), pinned(R"("provider" : "\u0061")"));
  EXPECT_NE(pinned(R"("prov\u0069der":"a")"), pinned(R"("prov\u0069der":"b")"));
  EXPECT_EQ(pinned(R"("provider":"")"), sign_body(full_body()));
}

TEST(MessagesSignatureTest, APreferenceAmongAnothersProvidersCounts) {
  const auto preferring = [](std::string_view value) {
    return sign_body(edited(full_body(), R"("top_k":7)", R"("top_k":7,"provider":)" + std::string(value)));
  };

  EXPECT_NE(preferring(R"({"order":["a"]})"), sign_body(full_body()));
  EXPECT_NE(preferring(R"({"order":["a"]})"), preferring(R"({"order":["b"]})"));
  EXPECT_NE(preferring(R"({"order":["a"]})"), preferring(R"("a")"));
}

class UserIdTest : public testing::Test {
 protected:
  // `user_id`: as JSON.
  static RequestSignature signed_for(std::string_view user_id) {
    return sign_body(edited(full_body(), R"("user_ab_account_cd_session_ef")", user_id));
  }

  // `object`: with ' for ".
  static RequestSignature signed_for_object(std::string_view object) {
    std::string user_id = "\"";
    for (const char c : object) c == '\'' ? user_id += "\\\"" : user_id += c;
    return signed_for(user_id + '"');
  }
};

TEST_F(UserIdTest, TheSessionInJsonDoesNotCountButTheRestDoes) {
  const RequestSignature sent = signed_for_object("{'device_id':'d','account_uuid':'','session_id':'s'}");

  EXPECT_EQ(signed_for_object("{'device_id':'d','account_uuid':'','session_id':'t'}"), sent);
  EXPECT_EQ(signed_for_object("{ 'session_id': 't', 'device_id':'d','account_uuid':''}"), sent);
  EXPECT_NE(signed_for_object("{'device_id':'e','account_uuid':'','session_id':'s'}"), sent);
  EXPECT_NE(signed_for_object("{'device_id':'d','account_uuid':'a','session_id':'s'}"), sent);
  EXPECT_NE(signed_for_object("{'device_id':'d','session_id':'s'}"), sent);
  EXPECT_NE(signed_for_object("{'session_id':'s','more':{'session_id':1}}"),
            signed_for_object("{'session_id':'s','more':{'session_id':2}}"));
}

TEST_F(UserIdTest, WhatHasNoSessionCountsAsItStands) {
  const std::pair<const char*, const char*> kTexts[] = {
      {R"("bob")", R"("bobo")"}, {R"("x_session_a")", R"("x_session_b")"},
      {R"("{\"session_id\":\"a\"")", R"("{\"session_id\":\"b\"")"}, {R"("[\"a\"]")", R"("[\"b\"]")"},
      {R"(["user_a_session_b"])", R"(["user_a_session_c"])"}, {"1", "2"}, {"null", "{}"}, {R"("")", "null"}};
  for (const auto& [one, other] : kTexts) {
    EXPECT_NE(signed_for(one), signed_for(other)) << one;
  }
}

TEST_F(UserIdTest, TheTwoSpellingsDoNotMeet) {
  EXPECT_NE(signed_for(R"("{\"session_id\":\"a\"}")"), signed_for(R"("user_a_session_b")"));
  EXPECT_NE(signed_for(R"("user_a_session_b")"), signed_for(R"("user_a")"));
  EXPECT_NE(signed_for(R"("user_a_session_b")"), signed_for(R"("user_a_session")"));
}

TEST_F(UserIdTest, SeveralAllCount) {
  const auto twice = [&](std::string_view first, std::string_view second) {
    return signed_for("\"" + std::string(first) + R"(","user_id":")" + std::string(second) + "\"");
  };

  EXPECT_NE(twice("user_a_session_1", "user_b_session_1"), twice("user_b_session_1", "user_a_session_1"));
  EXPECT_NE(twice("user_a_session_1", "user_b_session_1"), twice("user_a_session_1", "user_c_session_1"));
  EXPECT_NE(twice("user_a_session_1", "user_b_session_1"), signed_for(R"("user_b_session_1")"));
}

TEST(MessagesSignatureTest, OrderOfMembersAndWhiteSpaceDoNotMatter) {
  const RequestSignature signature =
      sign_body(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a b"}]}],"tools":[{"name":"t",)"
                R"("description":"d"}]})");

  EXPECT_EQ(sign_body("\xef\xbb\xbf \r\n{ \"tools\" : [\t{\"description\":\"d\" , \"name\":\"t\" } ] ,\"messages\": [ {"
                      "\"content\" :[{\"text\":\"a b\",\"type\":\"text\"}\n], \"role\":\"user\"}],\"model\":\"m\"}\n"),
            signature);
  EXPECT_NE(sign_body(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a  b"}]}],)"
                      R"("tools":[{"name":"t","description":"d"}]})"),
            signature);
}

TEST(MessagesSignatureTest, OrderCountsInsideOfSchemas) {
  const std::string& body = full_body();

  EXPECT_NE(sign_body(edited(body, R"("path":{"type":"string"},"depth":{"type":"integer"})",
                             R"("depth":{"type":"integer"},"path":{"type":"string"})")),
            sign_body(body));
  EXPECT_NE(sign_body(edited(body, R"({"type":"object","required":["q"]})", R"({"required":["q"],"type":"object"})")),
            sign_body(body));
  EXPECT_EQ(sign_body(edited(body, R"({"type":"object","required":["q"]})", R"( { "type":"object" ,"required" :["q" ]})")),
            sign_body(body));
  // The members beside the schema are no part of it.
  EXPECT_EQ(sign_body(edited(body, R"({"name":"ls","description":"Lists",)", R"({"description":"Lists","name":"ls",)")),
            sign_body(body));
  EXPECT_EQ(sign_body(edited(body, R"({"path":"/src","depth":2})", R"({"depth":2,"path":"/src"})")), sign_body(body));
}

TEST(MessagesSignatureTest, OrderCountsInSchemasOfOldOutputFormatsAndOfToolsAddedLater) {
  const auto format = [](std::string_view schema) {
    return sign_body(R"({"model":"m","output_format":{"type":"json_schema","schema":)" + std::string(schema) + "}}");
  };
  const auto addition = [](std::string_view schema) {
    return sign_body(R"({"model":"m","messages":[{"role":"system","content":[{"type":"tool_addition","tool":{"name":"t",)"
                     R"("input_schema":)" + std::string(schema) + "}}]}]}");
  };

  EXPECT_NE(format(R"({"a":1,"b":2})"), format(R"({"b":2,"a":1})"));
  EXPECT_NE(addition(R"({"a":{"c":1,"d":2}})"), addition(R"({"a":{"d":2,"c":1}})"));
}

TEST(MessagesSignatureTest, DuplicateMembersCountInTheirOrder) {
  const auto with_input = [](std::string_view input) {
    return sign_body(edited(full_body(), R"({"path":"/src","depth":2})", input));
  };

  EXPECT_NE(with_input(R"({"a":1,"a":2})"), with_input(R"({"a":2,"a":1})"));
  EXPECT_NE(with_input(R"({"a":1,"a":1})"), with_input(R"({"a":1})"));
  EXPECT_EQ(with_input(R"({"a":1,"b":0,"a":2})"), with_input(R"({"b":0,"a":1,"a":2})"));
  // One key in two spellings: the last one counts for a provider.
  EXPECT_NE(with_input(R"({"a":1,"\u0061":2})"), with_input(R"({"\u0061":2,"a":1})"));
}

TEST(MessagesSignatureTest, ShapesDoNotMeet) {
  const auto with_input = [](std::string_view input) {
    return sign_body(edited(full_body(), R"({"path":"/src","depth":2})", input));
  };
  const char* const kInputs[] = {"{}", "[]", "null", R"("")", R"("{}")", R"({"a":{}})", R"({"a":[]})", R"([["a"]])",
                                 R"(["a",[]])", R"([[],"a"])", R"({"a":{"b":1},"c":2})", R"({"a":{"b":1,"c":2}})",
                                 R"([1,2])", "[12]", R"([[1],2])", R"([[1,2]])", R"({"a,b":1})", R"(["a","b"])",
                                 R"({"a":"b"})", R"(["}"])", R"(["]"])", R"({"}":"}"})", "true", R"("true")"};
  for (const char* one : kInputs) {
    for (const char* other : kInputs) {
      if (one == other) continue;
      EXPECT_NE(with_input(one), with_input(other)) << one << " and " << other;
    }
  }
}

TEST(MessagesSignatureTest, InAHugeObjectEveryMemberCountsWhereItStands) {
  const auto numbered = [](int first, int last) {
    std::string members;
    for (int i = first; i < last; ++i) members += ",\"k" + std::to_string(i) + "\":0";
    return members;
  };
  const auto signed_with = [](const std::string& members) {
    return sign_body(R"({"model":"m","x":{)" + members.substr(1) + "}}");
  };

  EXPECT_EQ(signed_with(numbered(0, 500) + numbered(500, 1000)), signed_with(numbered(500, 1000) + numbered(0, 500)));
  EXPECT_NE(signed_with(numbered(0, 900) + numbered(900, 1800)), signed_with(numbered(900, 1800) + numbered(0, 900)));
  EXPECT_NE(signed_with(numbered(0, 1800)), signed_with(numbered(0, 1801)));
}

TEST(MessagesSignatureTest, ABodyThatCannotBeReadHasNone) {
  for (const char* body : {R"({"model":"m","messages":[1 2]})", R"({"model":"m","x":tru})", R"({"model":"m","x":01})",
                           R"({"model":"m","x":"\q"})", R"({"model":"m","x":{"a"}})"}) {
    AskedRequest asked;
    asked.body = body;
    EXPECT_FALSE(sign(asked)) << body;
  }
}

TEST(MessagesSignatureTest, DeepNestingIsSigned) {
  const std::string deep = std::string(190, '[') + std::string(190, ']');

  EXPECT_NE(sign_body(R"({"model":"m","x":)" + deep + "}"), sign_body(R"({"model":"m","x":[)" + deep + "]}"));
}

}  // namespace
}  // namespace balancer::gateway
