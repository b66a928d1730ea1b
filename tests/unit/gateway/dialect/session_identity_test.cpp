#include "gateway/dialect/session_identity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

const std::string kUuid = "5d0c5a3e-6d62-4a7e-9c3a-0f2c7d7c1a11";

// However it is read: anew, or by the marks of its scan.
SessionIdentity identify(std::string_view body, const SessionHints& hints = {}) {
  const PaddedText text(body);
  JsonObjectScanner scanner;
  const MessagesRequest request = scan_messages_request(text.view(), scanner).value();
  const SessionIdentity identity = identify_session(hints, request, text.view());
  const SessionIdentity by_marks = identify_session(hints, request, text.view(), scanner);
  EXPECT_EQ(by_marks.key, identity.key) << body;
  EXPECT_EQ(by_marks.start, identity.start) << body;
  return identity;
}

std::string request(std::string_view messages, std::string_view other_members = {}) {
  std::string body = R"({"model":"m",)";
  if (!other_members.empty()) (body += other_members) += ',';
  return (((body += R"("messages":)") += messages) += '}');
}

std::string with_user_id(std::string_view raw_user_id, std::string_view question = "Hi") {
  return request(R"([{"role":"user","content":")" + std::string(question) + R"("}])",
                 R"("metadata":{"user_id":)" + std::string(raw_user_id) + "}");
}

std::string user(std::string_view text) { return R"({"role":"user","content":")" + std::string(text) + R"("})"; }

const std::string kAnswer = R"({"role":"assistant","content":"Hello!"})";

std::string key_of_id(std::string_view id, std::string_view caller = {}) {
  return identify(request("[]"), {.caller = caller, .session_id = id}).key;
}

TEST(SessionIdentityTest, HeaderNamesTheSession) {
  const SessionHints hints{.caller = "alice", .session_id = kUuid};

  const SessionIdentity first = identify(request("[" + user("a") + "]"), hints);
  const SessionIdentity later = identify(request("[" + user("b") + "," + kAnswer + "]", R"("system":"s")"), hints);

  EXPECT_EQ(first.key.size(), 16U);
  EXPECT_EQ(first.key, later.key);
  EXPECT_FALSE(first.start);
  EXPECT_FALSE(later.start);
}

TEST(SessionIdentityTest, HeaderCountsMoreThanMetadata) {
  EXPECT_EQ(identify(with_user_id(R"("user_0_account__session_other")"), {.session_id = "mine"}).key,
            key_of_id("mine"));
}

TEST(SessionIdentityTest, MetadataNamesTheSameSessionAsTheHeaderInBothOfItsForms) {
  const std::string json = R"("{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\")" + kUuid + R"(\"}")";

  EXPECT_EQ(identify(with_user_id(json)).key, key_of_id(kUuid));
  EXPECT_EQ(identify(with_user_id("\"user_0a1b_account__session_" + kUuid + "\"")).key, key_of_id(kUuid));
  EXPECT_EQ(identify(with_user_id("\"user_0a1b_account_77-88_session_" + kUuid + "\"")).key, key_of_id(kUuid));
  EXPECT_FALSE(identify(with_user_id(json)).start);
}

TEST(SessionIdentityTest, EscapesInMetadataAreResolved) {
  const std::string body = request("[]", R"("met\u0061data":{"user\u005fid":"user_0_account__session_\u0061bc"})");

  EXPECT_EQ(identify(body).key, key_of_id("abc"));
  EXPECT_EQ(identify(with_user_id(R"("{\"session\\u005fid\":\"a\\u0062c\"}")")).key, key_of_id("abc"));
}

TEST(SessionIdentityTest, LastOfRepeatedMembersCounts) {
  EXPECT_EQ(identify(request("[]", R"("metadata":{"user_id":"user_0_account__session_a","user_id":"user_0_account__session_b"})")).key,
            key_of_id("b"));
  EXPECT_EQ(identify(request("[]", R"("metadata":{"user_id":"user_0_account__session_a"},"metadata":{"user_id":"user_0_account__session_b"})")).key,
            key_of_id("b"));
  EXPECT_EQ(identify(with_user_id(R"("{\"session_id\":\"a\",\"session_id\":\"b\"}")")).key, key_of_id("b"));
  EXPECT_EQ(identify(with_user_id(R"("{\"session_id\":\"a\",\"session_id\":7}")")).key, identify(with_user_id("0")).key);
}

TEST(SessionIdentityTest, MetadataWithoutASessionCountsAsAbsent) {
  const std::string plain = identify(request("[" + user("Hi") + "]")).key;
  for (const char* user_id : {"\"customer-17\"", "\"\"", "\"user_0_account__session_\"", "\"a_session_b\"", "\"{}\"", "7",
                              "null", "[\"user_0_account__session_a\"]", "{\"session_id\":\"a\"}", R"("{\"session_id\":")",
                              R"("{\"session_id\":{}}")", R"("{\"session_id\":\"\"}")", R"("\ud800")", R"("[{\"session_id\":\"a\"}]")"}) {
    EXPECT_EQ(identify(with_user_id(user_id)).key, plain) << user_id;
  }
  for (const char* metadata : {"7", "null", "\"user_0_account__session_a\"", "[]", "{}", "{7}", R"({"user_id" "x"})",
                               R"({"x":"user_0_account__session_a"})"}) {
    EXPECT_EQ(identify(request("[" + user("Hi") + "]", "\"metadata\":" + std::string(metadata))).key, plain) << metadata;
  }
}

TEST(SessionIdentityTest, IdsThatAreTooLongOrHoldControlCharactersCountAsAbsent) {
  const std::string body = request("[" + user("Hi") + "]");
  const std::string plain = identify(body).key;
  for (const std::string& id : {std::string(257, 'a'), std::string(1 << 20, 'a'), std::string("a\tb"), std::string("a\x7f"),
                                std::string("a\0b", 3)}) {
    EXPECT_EQ(identify(body, {.session_id = id}).key, plain);
  }
  EXPECT_EQ(identify(with_user_id("\"user_0_account__session_" + std::string(257, 'a') + "\"")).key, plain);
  EXPECT_EQ(identify(with_user_id("\"user_0_account__session_" + std::string(1 << 20, 'a') + "\"")).key, plain);
  EXPECT_EQ(identify(with_user_id(R"("user_0_account__session_a\u0000b")")).key, plain);
  EXPECT_NE(key_of_id(std::string(256, 'a')), plain);
}

TEST(SessionIdentityTest, UnusableHeaderLeavesMetadataToTell) {
  EXPECT_EQ(identify(with_user_id(R"("user_0_account__session_a")"), {.session_id = "\x01"}).key,
            key_of_id("a"));
}

TEST(SessionIdentityTest, CallersNeverShareASession) {
  const std::string body = request("[" + user("Hi") + "]");
  std::set<std::string> keys;
  for (const char* caller : {"alice", "bob", ""}) {
    keys.insert(key_of_id(kUuid, caller));
    keys.insert(identify(body, {.caller = caller}).key);
  }

  EXPECT_EQ(keys.size(), 6U);
}

TEST(SessionIdentityTest, BeginningOfTheConversationIsTheSameInEveryTurn) {
  const std::string system = R"("system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}])";
  const SessionIdentity first = identify(request("[" + user("Hi") + "]", system));
  const SessionIdentity second = identify(request("[" + user("Hi") + "," + kAnswer + "," + user("Why?") + "]", system));

  EXPECT_EQ(first.key.size(), 16U);
  EXPECT_EQ(first.key, second.key);
  EXPECT_TRUE(first.start);
  EXPECT_FALSE(second.start);
}

TEST(SessionIdentityTest, BeginningIsKnownAgainWhenCacheMarksMoveOn) {
  const std::string marked =
      R"([{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}])";
  const std::string unmarked = R"([{"role":"user","content":[{"type":"text","text":"Hi"}]},)" + kAnswer + "]";
  const std::string plain = R"([{"content" : "Hi" , "role" : "user"} , )" + kAnswer + "]";

  EXPECT_EQ(identify(request(marked)).key, identify(request(unmarked)).key);
  EXPECT_EQ(identify(request(marked)).key, identify(request(plain)).key);
}

TEST(SessionIdentityTest, DifferentBeginningsAreDifferentSessions) {
  std::set<std::string> keys;
  std::vector<std::string> bodies{request("[" + user("a") + "]"), request("[" + user("b") + "]"),
                                  request("[" + user("a") + "]", R"("system":"s")"), request("[]", R"("system":"s")"),
                                  request("[" + user("s") + "]"), request("[" + user("") + "]")};
  for (const char* image : {"AAAA", "BBBB"}) {
    bodies.push_back(request(R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","data":")" +
                             std::string(image) + R"("}}]}])"));
  }
  for (const std::string& body : bodies) keys.insert(identify(body).key);

  EXPECT_EQ(keys.size(), bodies.size());
}

TEST(SessionIdentityTest, OnlyTheFirst4KiBOfABeginningCount) {
  const std::string long_text(8192, 'x');
  const std::string end_differs = request("[" + user(long_text + "b") + "]", R"("system":")" + long_text + "c\"");

  EXPECT_EQ(identify(request("[" + user(long_text) + "]", R"("system":")" + long_text + "\"")).key, identify(end_differs).key);
  EXPECT_NE(identify(request("[" + user("b" + long_text) + "]")).key, identify(request("[" + user(long_text) + "]")).key);
}

TEST(SessionIdentityTest, MessagesOfOtherRolesAreNoBeginning) {
  const std::string hint = R"({"role":"system","content":"hint"})";

  EXPECT_EQ(identify(request("[" + hint + "," + user("Hi") + "]")).key, identify(request("[" + user("Hi") + "," + hint + "]")).key);
  EXPECT_TRUE(identify(request("[" + user("Hi") + "," + hint + "]")).start);
  EXPECT_FALSE(identify(request("[" + kAnswer + "," + user("Hi") + "]")).start);
}

TEST(SessionIdentityTest, CompactedContextEndsTheSession) {
  const auto start = [](std::string_view id, std::string_view compacted) {
    return identify(request("[" + user("Hi") + "," + kAnswer + "]"),
                    {.session_id = id, .context_compacted = compacted}).start;
  };
  for (const char* set : {"auto", "manual", "true", "1"}) {
    EXPECT_TRUE(start(kUuid, set)) << set;
    EXPECT_TRUE(start({}, set)) << set;
  }
  for (const char* unset : {"", "false", "False", "0"}) {
    EXPECT_FALSE(start(kUuid, unset)) << unset;
    EXPECT_FALSE(start({}, unset)) << unset;
  }
}

TEST(SessionIdentityTest, RequestThatShowsNothingHasNoKey) {
  EXPECT_EQ(identify(R"({"model":"m"})").key, "");
  for (const char* messages : {"[]", "{}", "7", "null", "\"Hi\"", "[7]", "[[]]", "[{}]", R"([{"role":7}])",
                               R"([{"role":"user"}])", R"([{"content":"Hi"}])", R"([{"role" "user"}])",
                               R"([{"role":"user","content":[7]}])", R"([{"role":"user","content":[]}])",
                               R"([{"role":"assistant","content":"Hi"}])"}) {
    EXPECT_EQ(identify(request(messages)).key, "") << messages;
  }
  for (const char* system : {"7", "null", "{}", "[]", "[7]", "[{7}]"}) {
    EXPECT_EQ(identify(request("[]", "\"system\":" + std::string(system))).key, "") << system;
  }
}

TEST(SessionIdentityTest, EscapesAndRepeatsInMessagesAreUnderstood) {
  const std::string spelt = R"([{"r\u006fle":"\u0075ser","c\u006fntent":"Hi"},{"role":"\u0061ssistant","content":"x"}])";
  const std::string repeated = R"([{"role":"assistant","content":"no","role":"user","content":"Hi"}])";
  const SessionIdentity plain = identify(request("[" + user("Hi") + "]"));

  EXPECT_EQ(identify(request(spelt)).key, plain.key);
  EXPECT_FALSE(identify(request(spelt)).start);
  EXPECT_EQ(identify(request(repeated)).key, plain.key);
  EXPECT_TRUE(identify(request(repeated)).start);
}

TEST(SessionIdentityTest, DeepNestingIsWalked) {
  const std::string deep = std::string(190, '[') + std::string(190, ']');
  const std::string content = request(R"([{"role":"user","content":)" + deep + "}," + kAnswer + "]", R"("system":"s","metadata":)" + deep);

  EXPECT_EQ(identify(content).key, identify(request("[]", R"("system":"s")")).key);
  EXPECT_FALSE(identify(content).start);
  const std::string deep_id = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_EQ(identify(with_user_id("\"{\\\"x\\\":" + deep_id + ",\\\"session_id\\\":\\\"a\\\"}\"")).key, key_of_id("a"));
}

const std::string kRealBody = R"({"model":"claude-opus-5-5","messages":[{"role":"user","content":[{"type":"text","text":)"
    R"("<system-reminder>\nToday\u2019s date\n</system-reminder>\n"},{"type":"text","text":"Fix the \"bug\" in caf\u00e9","cache_control":)"
    R"({"type":"ephemeral"}}]},{"role":"system","content":"hint"},{"role":"assistant","content":[{"type":"thinking","thinking":"Hm",)"
    R"("signature":"c2ln"},{"type":"tool_use","id":"t1","name":"Read","input":{"path":"/tmp/x"}}]},{"role":"user","content":)"
    R"([{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"line"}]}]}],"system":[{"type":"text","text":)"
    R"("x-anthropic-billing-header: cc_version=2.1.330.098;"},{"type":"text","text":"You are Claude.","cache_control":)"
    R"({"type":"ephemeral"}}],"tools":[{"name":"Read","input_schema":{"type":"object"}}],"metadata":{"user_id":)"
    R"("{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\"5d0c5a3e\"}"},"max_tokens":32000,"stream":true})";

BodyRange cut(const BodyRange& range, std::size_t size) { return {std::min(range.begin, size), std::min(range.end, size)}; }

TEST(SessionIdentityTest, TruncatedValuesOnlyYieldLessEvidence) {
  const PaddedText whole(kRealBody);
  JsonObjectScanner scanner;
  const MessagesRequest scanned = scan_messages_request(whole.view(), scanner).value();
  ASSERT_EQ(identify_session({}, scanned, whole.view()).key, key_of_id("5d0c5a3e"));

  for (std::size_t size = 0; size < kRealBody.size(); ++size) {
    const PaddedText prefix(std::string_view(kRealBody).substr(0, size));
    EXPECT_FALSE(scan_messages_request(prefix.view(), scanner));
    MessagesRequest request;
    request.system = cut(scanned.system, size);
    request.messages = cut(scanned.messages, size);
    request.metadata = cut(scanned.metadata, size);
    const SessionIdentity identity = identify_session({}, request, prefix.view());
    EXPECT_TRUE(identity.key.empty() || identity.key.size() == 16) << size;
  }
}

TEST(SessionIdentityTest, BodiesWithAnyByteChangedAreRefusedOrRead) {
  JsonObjectScanner scanner;
  for (std::size_t at = 0; at < kRealBody.size(); ++at) {
    for (const char byte : {'"', '\\', '{', '}', '[', ']', ',', ':', ' ', '0'}) {
      std::string body = kRealBody;
      body[at] = byte;
      // Once more without an id, so that the messages are read.
      for (const char* id : {"user_id", "other"}) {
        std::string changed = body;
        if (const std::size_t name = changed.find("user_id"); name != std::string::npos) changed.replace(name, 7, id);
        const PaddedText text(changed);
        const auto request = scan_messages_request(text.view(), scanner);
        if (!request) continue;
        const SessionIdentity identity = identify_session({}, *request, text.view());
        EXPECT_TRUE(identity.key.empty() || identity.key.size() == 16);
      }
    }
  }
}

}  // namespace
}  // namespace balancer::gateway
