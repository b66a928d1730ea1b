// A provider's conversion switches in the file (protocol.md appendix A).
#include "controlplane/config/conversion_reader.hpp"

#include "common/snapshot/conversion_switches.hpp"
#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ConversionReaderTest : public ConfigFixture {
 protected:
  // The settings of an openai provider with these members.
  ConversionSettings read(const std::string& members, const std::string& url = "https://llm.example.com/v1") {
    const ConfigLoad& loaded =
        load_provider("  - {name: a, type: openai, auth_value: k, base_url: \"" + url + "\"" + members + "}\n");
    return loaded.config ? loaded.config->snapshot.providers[0].conversion : ConversionSettings();
  }
};

TEST_F(ConversionReaderTest, AnUnknownHostHasTheDefaults) {
  EXPECT_EQ(read(""), ConversionSettings());
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(ConversionReaderTest, EverySwitchCanBeSet) {
  const ConversionSettings settings = read(
      ", max_tokens_field: none, max_output_tokens: 1000, context_window: 8192, sampling: drop, extras: [top_k],"
      " max_stop: 2, system_role: developer, mid_system: hoist, null_content: omit, strict_alternation: false,"
      " prefill: pass, vision: false, pdf: file, tool_media: inline, empty_tool_result: '(no output)', max_tools: 64,"
      " strict_tools: true, schema_clean: [const], tool_description_required: true, tool_id_style: mistral9,"
      " max_tool_id_length: 40, tool_choice_required: false, parallel_tool_calls: false,"
      " needs_tools_when_history: true, unknown_block: drop, server_tool_history: drop, reasoning: true,"
      " reasoning_style: thinking, reasoning_levels: [low, high], reasoning_replay: reasoning_content,"
      " reasoning_extra: true, think_tags: true, structured: json_object, web_search: plugin,"
      " cache_breakpoints: keep, prompt_cache_key: true, user_field: none, service_tier: priority,"
      " stream_usage: false, stream_obfuscation_off: true, eof_is_done: true, tool_stream: buffered");

  EXPECT_THAT(problems(), IsEmpty());
  std::size_t count = 0;
  visit_switches(settings, [&](std::string_view, const auto&) { ++count; });
  EXPECT_EQ(switches_as_text(settings).size(), count) << "a switch kept its default: the reader does not read it";
  EXPECT_EQ(settings.vision, Vision::kReplaceByText);
  EXPECT_EQ(settings.max_output_tokens, 1000u);
  EXPECT_THAT(settings.reasoning_levels, ElementsAre("low", "high"));
}

TEST_F(ConversionReaderTest, WhatTheFileSaysComesBeforeTheHostsPreset) {
  const std::string openai = "https://api.openai.com/v1";

  EXPECT_EQ(read("", openai).max_tokens_field, MaxTokensField::kMaxCompletionTokens);
  EXPECT_EQ(read(", max_tokens_field: auto", openai).max_tokens_field, MaxTokensField::kMaxCompletionTokens);
  EXPECT_EQ(read(", max_tokens_field: max_tokens", openai).max_tokens_field, MaxTokensField::kMaxTokens);
  EXPECT_EQ(read("", openai).max_tools, 128u);
  EXPECT_EQ(read(", max_tools: 0", openai).max_tools, 0u);
}

TEST_F(ConversionReaderTest, NativePrefillIsTheHostsOwn) {
  EXPECT_EQ(read(", prefill: native").prefill, Prefill::kPrefix);
  EXPECT_EQ(read(", prefill: native", "http://gpu.local:8000/v1").prefill, Prefill::kContinue);
}

TEST_F(ConversionReaderTest, NullIsAWordHere) {
  EXPECT_EQ(read(", null_content: null").null_content, NullContent::kNull);
  EXPECT_EQ(read(", null_content: 'null'").null_content, NullContent::kNull);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(ConversionReaderTest, SwitchesTakeVariables) {
  variables_["STYLE"] = "thinking";
  const ConversionSettings settings =
      read(", reasoning_style: '${STYLE}', vision: '${VISION:-false}', schema_clean: '${CLEAN:-true}'");

  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(settings.reasoning_style, ReasoningStyle::kThinking);
  EXPECT_EQ(settings.vision, Vision::kReplaceByText);
  EXPECT_THAT(settings.schema_clean, ::testing::Contains("$schema"));
}

TEST_F(ConversionReaderTest, LetterCaseDoesNotMatter) {
  const ConversionSettings settings =
      read(", prefill: Native, max_tokens_field: AUTO, mid_system: Hoist, vision: True");

  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(settings.prefill, Prefill::kPrefix);
  EXPECT_EQ(settings.mid_system, MidSystem::kHoist);
}

TEST_F(ConversionReaderTest, ErrorsNameAlsoTheWordsForTheHostsOwnWay) {
  read(", prefill: maybe, max_tokens_field: tokens, extras: {}, mid_system: [hoist]");

  EXPECT_THAT(problems(), UnorderedElementsAre(HasSubstr("continue_final_message, pass, native; not \"maybe\""),
                                               HasSubstr("max_completion_tokens, none, auto; not \"tokens\""),
                                               HasSubstr("extras: must be a list"),
                                               HasSubstr("mid_system: must be a text")));
}

TEST_F(ConversionReaderTest, SchemaCleanTakesTheWordsOfOtherSwitches) {
  EXPECT_THAT(read(", schema_clean: yes").schema_clean, ::testing::Contains("$schema"));
  EXPECT_THAT(read(", schema_clean: Off", "https://generativelanguage.googleapis.com/v1beta/openai").schema_clean,
              IsEmpty());
  EXPECT_THAT(problems(), IsEmpty());

  read(", schema_clean: ture");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("schema_clean: must be true or false, not \"ture\"")));
}

TEST_F(ConversionReaderTest, AnUnknownTypeIsTheOnlyProblem) {
  load_provider("  - {name: a, type: opnai, auth_value: k, base_url: https://a.example/v1, max_stop: 3}\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("type: must be one of")));

  load_provider("  - {name: a, auth_value: k, base_url: https://a.example/v1, max_stop: 3, count_tokens: true}\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("type: ")));
}

TEST_F(ConversionReaderTest, SchemaCleanIsAListOrAWord) {
  EXPECT_THAT(read(", schema_clean: true").schema_clean, ::testing::Contains("$schema"));
  EXPECT_THAT(read(", schema_clean: false", "https://generativelanguage.googleapis.com/v1beta/openai").schema_clean,
              IsEmpty());
}

TEST_F(ConversionReaderTest, ImpossibleValuesAreErrors) {
  read(", reasoning_style: hard, max_stop: many, context_window: 0, thinkk_tags: true");

  EXPECT_THAT(problems(),
              UnorderedElementsAre(HasSubstr("reasoning_style: must be one of effort, thinking"), HasSubstr("max_stop"),
                                   HasSubstr("context_window"), HasSubstr("did you mean think_tags?")));
}

TEST_F(ConversionReaderTest, EverySwitchIsAnErrorOfTheOtherType) {
  std::string members;
  std::size_t count = 0;
  visit_switches(ConversionSettings(), [&](std::string_view name, const auto&) {
    members += ", " + std::string(name) + ": 1";
    ++count;
  });

  load_provider("  - {name: a, type: anthropic, auth_value: k, base_url: https://a.example" + members + "}\n");

  EXPECT_EQ(problems().size(), count);
  EXPECT_THAT(problems(), ::testing::Each(HasSubstr("only for providers of type openai")));
}

TEST_F(ConversionReaderTest, SwitchesOfTheOtherTypeAreErrors) {
  load_provider("  - {name: a, type: anthropic, auth_value: k, base_url: https://a.example, max_stop: 3}\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("only for providers of type openai")));

  load_provider("  - {name: a, type: openai, auth_value: k, base_url: https://a.example/v1, count_tokens: false}\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("only for providers of type anthropic")));

  load_provider("  - {name: a, type: anthropic, auth_value: k, base_url: https://a.example, count_tokens: false}\n");
  EXPECT_THAT(problems(), IsEmpty());
}

}  // namespace
}  // namespace balancer::controlplane
