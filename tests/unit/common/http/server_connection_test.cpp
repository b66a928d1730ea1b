// Requests one after the other on a connection, and endpoints that fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/log/log.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(ServerConnectionTest, KeepsTheConnectionBetweenRequests) {
  ServedHttp server;
  fakes::HttpConnection connection = server.connect();

  for (int i = 0; i < 5; ++i) EXPECT_EQ(connection.post("/again", "x").body, "POST /again x");

  EXPECT_EQ(connection.get("/last").headers.value("connection"), std::nullopt);
}

TEST(ServerConnectionTest, ServesPipelinedRequestsInOrder) {
  ServedHttp server;
  std::string requests;
  for (int i = 0; i < 20; ++i) {
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  }

  const std::string answers =
      server.conversation(requests + "GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  std::size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    at = answers.find("POST /" + std::to_string(i) + " x", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_THAT(answers, EndsWith("GET /end "));
}

TEST(ServerConnectionTest, AHeadMayBeCutAnywhere) {
  ServedHttp server;
  const std::string head = "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n";
  fakes::HttpConnection connection = server.connect();

  for (std::size_t cut = 1; cut < head.size(); ++cut) {
    connection.send_raw(head.substr(0, cut));
    connection.send_raw(head.substr(cut));
    EXPECT_EQ(connection.read_response().body, "GET /cut ") << cut;
  }
}

TEST(ServerConnectionTest, ClosesWhenTheClientAsksForIt) {
  ServedHttp server;

  const std::string answers = server.conversation("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                                                  "GET /b HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_THAT(statuses_in(answers), ElementsAre(200));
  EXPECT_THAT(answers, HasSubstr("connection: close\r\n"));
}

TEST(ServerConnectionTest, Http10ClosesUnlessAskedToKeep) {
  ServedHttp server;

  const std::string closed = server.conversation("GET /a HTTP/1.0\r\n\r\n");
  const std::string kept = server.conversation("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                                               "GET /b HTTP/1.0\r\n\r\n");

  EXPECT_THAT(closed, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(kept, HasSubstr("connection: keep-alive\r\n"));
  EXPECT_THAT(statuses_in(kept), ElementsAre(200, 200));
}

TEST(ServerConnectionTest, HeadIsAnsweredWithoutABody) {
  ServedHttp server;

  const std::string answers = server.conversation("HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answers, HasSubstr("content-length: 8\r\n"));
  EXPECT_THAT(answers, EndsWith("\r\n\r\n"));
}

TEST(ServerConnectionTest, AnswersCarryADate) {
  ServedHttp server;

  EXPECT_TRUE(server.connect().get("/").headers.contains("date"));
}

TEST(ServerConnectionTest, WhatNobodyAnswersIs500) {
  ServedHttp server([](Exchange&) -> asio::awaitable<void> { co_return; });

  const fakes::HttpResponse response = server.connect().get("/");

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.error_type(), "api_error");
  EXPECT_EQ(response.headers.value("request-id"), response.json().at("request_id").get<std::string>());
}

std::vector<nlohmann::json> lines_of(const std::filesystem::path& file) {
  std::vector<nlohmann::json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(ServerConnectionTest, WhatAnEndpointThrowsIs500AndLogged) {
  const fakes::TempDir folder;
  const auto log_file = folder / "endpoint_throws.jsonl";
  log::configure({.file_path = log_file.string()});
  fakes::HttpResponse response;
  {
    ServedHttp server([](Exchange&) -> asio::awaitable<void> {
      throw std::runtime_error("the private reason");
      co_return;
    });
    response = server.connect().get("/");
  }
  log::flush();

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("private")));
  const auto lines = lines_of(log_file);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("level"), "ERROR");
  EXPECT_EQ(lines[0].at("what"), "the private reason");
  EXPECT_EQ(lines[0].at("request_id"), response.headers.value("request-id").value());
  std::filesystem::remove(log_file);
}

TEST(ServerConnectionTest, AStreamBrokenOffByAnExceptionDoesNotLookComplete) {
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(200);
    exchange.begin_stream(head);
    co_await exchange.write_piece("half");
    throw std::runtime_error("a bug");
  });

  const fakes::HttpResponse response = server.connect().get("/");

  EXPECT_EQ(response.body, "half");
  EXPECT_FALSE(response.complete);
}

}  // namespace
}  // namespace balancer::http
