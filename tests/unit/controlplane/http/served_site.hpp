// A site behind a listener on a port of its own, with what it shows in the test's hands.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/http/control_http_server.hpp"
#include "tests/fakes/http_client.hpp"

namespace balancer::controlplane {

class ServedSite : public testing::Test {
 protected:
  static constexpr std::string_view kPolicy = "default-src 'none'";

  ServedSite() : server_(ControlHttpServer::start({"127.0.0.1", 0}, site()).value()) {}

  [[nodiscard]] std::uint16_t port() const { return server_->bound().port; }
  [[nodiscard]] fakes::HttpClient client() const { return fakes::HttpClient(port()); }
  [[nodiscard]] fakes::HttpResponse get(std::string_view target, const fakes::HeaderFields& headers = {}) const {
    return client().get(target, headers);
  }
  // Something changed that watchers want to see.
  void change() { ++revision_; }

  // Before the server, whose thread reads them.
  std::atomic<std::uint64_t> revision_{1};
  std::atomic<int> document_count_{0};

 private:
  [[nodiscard]] ControlSite site() {
    return {.metrics = [] { return std::string("up 1\n"); },
            .state =
                [this] {
                  return "{\"revision\":" + std::to_string(revision_) +
                         ",\"document\":" + std::to_string(++document_count_) + "}";
                },
            .revision = [this] { return revision_.load(); },
            .allowed_hosts = [] { return std::vector<std::string>{"balancer.example"}; },
            .files = {{"", "text/html; charset=utf-8", "<!doctype html>page"}, {"app.js", "text/javascript", "script"}},
            .security_policy = kPolicy};
  }

 protected:
  std::unique_ptr<ControlHttpServer> server_;
};

}  // namespace balancer::controlplane
