#include "tests/conformance/provider_input.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace balancer::conformance {
namespace {

TEST(ProviderInputTest, ShorthandBecomesChunks) {
  EXPECT_EQ(chunk_stream("c {\"content\":\"Hi\"}\n; a remark\nfin stop\n"),
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n"
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
  EXPECT_EQ(chunk_stream("use 5 2\nDONE\n{\"x\":1}\n"),
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n"
            "data: [DONE]\n\ndata: {\"x\":1}\n\n");
  EXPECT_THROW((void)chunk_stream("finish stop\n"), std::runtime_error);
}

TEST(ProviderInputTest, EscapesStandForBytesAndNewlinesForNothing) {
  using namespace std::string_view_literals;
  EXPECT_EQ(unescaped_bytes("a\\r\\n\nb\\\\\\x00c\\xff\n"), "a\r\nb\\\0c\xff"sv);
  EXPECT_THROW((void)unescaped_bytes("\\q"), std::runtime_error);
}

}  // namespace
}  // namespace balancer::conformance
