#include "gateway/coalescing/request_copy.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace balancer::gateway {
namespace {

TEST(RequestCopyTest, OutlivesTheConnectionsBuffer) {
  auto buffer = std::make_unique<std::string>("POST /v1/messages?beta=true x-api-key secret");
  const std::string_view text = *buffer;
  http::RequestHead head;
  head.method = text.substr(0, 4);
  head.target = text.substr(5, 22);
  head.path = "/v1/messages";
  head.query = text.substr(18, 9);
  head.fields = {{text.substr(28, 9), text.substr(38, 6)}, {text.substr(28, 9), std::string_view()}};
  RequestCopy original(head, "req_1");
  buffer->assign(buffer->size(), '#');
  buffer.reset();

  const RequestCopy copy = std::move(original);

  EXPECT_EQ(copy.head().method, "POST");
  EXPECT_EQ(copy.head().target, "/v1/messages?beta=true");
  EXPECT_EQ(copy.head().path, "/v1/messages");
  EXPECT_EQ(copy.head().query, "beta=true");
  EXPECT_EQ(copy.head().header("X-Api-Key"), "secret");
  EXPECT_EQ(copy.head().fields[1].value, "");
  EXPECT_EQ(copy.request_id(), "req_1");
}

}  // namespace
}  // namespace balancer::gateway
