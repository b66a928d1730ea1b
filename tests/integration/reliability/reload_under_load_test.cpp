// A change of configuration, however it is made, reaches every gateway within two seconds and disturbs no request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;
namespace fs = std::filesystem;

void write_plainly(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

LoadOptions load_on(SplitStack& stack, std::size_t gateways) {
  LoadOptions options;
  for (std::size_t i = 0; i < gateways; ++i) options.ports.push_back(stack.gateway(i).listening().port("http"));
  return options;
}

testing::AssertionResult every_gateway_says(SplitStack& stack, std::size_t gateways, const std::string& text) {
  return eventually(
      [&] {
        for (std::size_t i = 0; i < gateways; ++i) {
          if (text_of(ask(stack.client(i))) != text) return false;
        }
        return true;
      },
      2s);
}

struct FileChange {
  std::string name;
  std::function<void(const TempDir&, const std::string&)> make;
};

std::vector<FileChange> file_changes() {
  return {
      {"RenameOver", [](const TempDir& folder, const std::string& text) { folder.write("config.yaml", text); }},
      {"TruncateAndWrite",
       [](const TempDir& folder, const std::string& text) { write_plainly(folder / "config.yaml", text); }},
      {"EditorSwap",
       [](const TempDir& folder, const std::string& text) {
         fs::rename(folder / "config.yaml", folder / "config.yaml~");
         write_plainly(folder / "config.yaml", text);
       }},
      {"DeletedAndRecreated",
       [](const TempDir& folder, const std::string& text) {
         fs::remove(folder / "config.yaml");
         write_plainly(folder / "config.yaml", text);
       }},
      {"ConfigMapSwap",
       [](const TempDir& folder, const std::string& text) {
         // As Kubernetes mounts a ConfigMap: config.yaml -> ..data/config.yaml, ..data -> a folder of its own.
         const auto publish = [&](const std::string& version, const std::string& content) {
           fs::create_directory(folder / version);
           write_plainly(folder / version / "config.yaml", content);
           fs::create_directory_symlink(version, folder / "..data_tmp");
           fs::rename(folder / "..data_tmp", folder / "..data");
         };
         std::ifstream former(folder / "config.yaml");
         publish("..v1", std::string(std::istreambuf_iterator<char>(former), {}));
         fs::create_symlink("..data/config.yaml", folder / "config.link");
         fs::rename(folder / "config.link", folder / "config.yaml");
         publish("..v2", text);
         fs::remove_all(folder / "..v1");
       }},
  };
}

class FileChangeUnderLoadTest : public testing::TestWithParam<FileChange> {};

TEST_P(FileChangeUnderLoadTest, ReachesEveryGatewayAndFailsNoRequest) {
  constexpr std::size_t kGateways = 2;
  FakeProvider former;
  FakeProvider latter;
  former.always(answers("former"));
  latter.always(answers("latter"));
  SplitStack stack(config_for({{"former", former.base_url()}}), gateways(kGateways));
  const auto held = std::make_shared<fakes::Latch>();
  former.enqueue(fakes::sse_stream({"begun ", "under the former"}).hold_part(3, held));
  fakes::HttpConnection in_flight = stack.client().connect();
  in_flight.send_request("POST", "/v1/messages", message_request(AnswerForm::kStream, "claude-test", "in flight"));
  ASSERT_EQ(in_flight.read_head().status, 200);
  std::string streamed = in_flight.read_until("begun ");
  SteadyLoad load(load_on(stack, kGateways));
  load.wait_for_answers(50);

  GetParam().make(stack.directory(), config_for({{"latter", latter.base_url()}}));

  EXPECT_TRUE(every_gateway_says(stack, kGateways, "latter"));
  load.wait_for_answers(50);
  held->release();
  streamed += in_flight.read_until("message_stop\"}\n\n");
  EXPECT_NE(streamed.find("under the former"), std::string::npos);
  EXPECT_EQ(fakes::parse_sse(streamed).back().name, "message_stop");
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(EveryWayToChangeAFile, FileChangeUnderLoadTest, testing::ValuesIn(file_changes()),
                         [](const testing::TestParamInfo<FileChange>& instance) { return instance.param.name; });

struct Request {
  std::string name;
  std::function<void(SplitStack&)> make;
};

std::vector<Request> requests() {
  return {
      {"PostProvidersReload",
       [](SplitStack& stack) {
         const fakes::HttpResponse response = stack.client().post("/providers/reload", "");
         EXPECT_EQ(response.status, 200);
         EXPECT_EQ(response.json().at("status"), "success");
         EXPECT_EQ(response.json().at("providers_count"), 1);
       }},
      {"SigHup", [](SplitStack& stack) { stack.control_plane().signal(SIGHUP); }},
      {"Balancerctl",
       [](SplitStack& stack) {
         const Process balancerctl({"balancerctl", {"--server", stack.control_address(), "reload"}, {}});
         EXPECT_EQ(balancerctl.wait_for_exit().code, 0);
       }},
  };
}

class ReloadRequestUnderLoadTest : public testing::TestWithParam<Request> {};

// The change is one that nothing but the request brings: a credential's file is read with the configuration, and is
// not watched.
TEST_P(ReloadRequestUnderLoadTest, ReachesEveryGatewayAndFailsNoRequest) {
  constexpr std::size_t kGateways = 2;
  TempDir secrets;
  secrets.write("key", "former");
  FakeProvider only;
  only.always([](const fakes::RecordedRequest& request) {
    return answers(request.headers.value("x-api-key").value_or("nothing"))(request);
  });
  const std::string config = "providers: [{name: only, type: anthropic, base_url: \"" + only.base_url() +
                             "\", auth_value: \"file:" + (secrets / "key").string() +
                             "\"}]\nmodel_routes: {\"*\": [{provider: only, model: passthrough}]}\n";
  SplitStack stack(config, gateways(kGateways));
  SteadyLoad load(load_on(stack, kGateways));
  load.wait_for_answers(50);
  ASSERT_TRUE(every_gateway_says(stack, kGateways, "former"));

  secrets.write("key", "latter");
  GetParam().make(stack);

  EXPECT_TRUE(every_gateway_says(stack, kGateways, "latter"));
  load.wait_for_answers(50);
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(EveryWayToAsk, ReloadRequestUnderLoadTest, testing::ValuesIn(requests()),
                         [](const testing::TestParamInfo<Request>& instance) { return instance.param.name; });

TEST(ManyReloadsTest, FromTwoAdministratorsAtOnceEndAtTheLastText) {
  FakeProvider even;
  FakeProvider odd;
  even.always(answers("even"));
  odd.always(answers("odd"));
  const std::string even_config = config_for({{"even", even.base_url()}});
  const std::string odd_config = config_for({{"odd", odd.base_url()}});
  SplitStack stack(even_config);
  SteadyLoad load(load_on(stack, 1));

  for (int i = 0; i < 40; ++i) {
    stack.write_config(i % 2 == 0 ? odd_config : even_config);
    const fakes::HttpClient administrator = stack.client();
    std::thread other([&] { administrator.post("/providers/reload", ""); });
    EXPECT_EQ(stack.client().post("/providers/reload", "").status, 200);
    other.join();
  }

  EXPECT_TRUE(every_gateway_says(stack, 1, "even"));
  load.wait_for_answers(20);
  EXPECT_EQ(text_of(ask(stack.client())), "even");
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

// Two settings that belong together, address and credential, change with every reload: a request that saw one of
// each version would come to a provider with the other's key.
class HundredReloadsTest : public testing::Test {
 protected:
  HundredReloadsTest() {
    even_.always(answers_to_key("even"));
    odd_.always(answers_to_key("odd"));
    steady_.always(fakes::sse_stream({"begun ", "and ended"}).hold_part(3, held_));
  }

  [[nodiscard]] std::string config(std::size_t version) const {
    const bool even = version % 2 == 0;
    return "# version " + std::to_string(version) +
           "\nproviders:\n"
           "  - {name: only, type: anthropic, base_url: \"" + (even ? even_ : odd_).base_url() + "\", auth_value: " +
           (even ? "even" : "odd") + "}\n"
           "  - {name: steady, type: anthropic, base_url: \"" + steady_.base_url() + "\", auth_value: steady}\n"
           "model_routes:\n"
           "  steady: [{provider: steady, model: passthrough}]\n"
           "  \"*\": [{provider: only, model: passthrough}]\n";
  }

  // Reloads until `last`, every gateway at each, while nobody's request fails.
  void reload_under_load(SplitStack& stack, std::size_t first, std::size_t last) {
    const std::vector<FileChange> ways = file_changes();
    RateLoad load({.ports = load_on(stack, kGateways).ports, .rate = 100});
    for (std::size_t version = first; version <= last; ++version) {
      SCOPED_TRACE("version " + std::to_string(version));
      ways[version % ways.size()].make(stack.directory(), config(version));
      // Some are noticed; for most, two administrators ask at once. One of them may meet a file that is half written.
      if (version % 10 != 0) {
        std::thread other([client = stack.client()] { client.post("/providers/reload", ""); });
        stack.client().post("/providers/reload", "");
        other.join();
      }
      ASSERT_TRUE(every_gateway_says(stack, kGateways, version % 2 == 0 ? "even" : "odd"));
    }
    load.wait_for_answers(20);
    const RateResult result = load.stop();
    EXPECT_THAT(result.failures, testing::IsEmpty()) << result.summary();
  }

  static constexpr std::size_t kGateways = 2;
  std::atomic<std::size_t> mixed_count_{0};
  const std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  FakeProvider even_;
  FakeProvider odd_;
  FakeProvider steady_;

 private:
  [[nodiscard]] FakeProvider::Responder answers_to_key(const std::string& key) {
    return [this, key](const fakes::RecordedRequest& request) {
      if (request.headers.value("x-api-key") != key) ++mixed_count_;
      return answers(key)(request);
    };
  }
};

TEST_F(HundredReloadsTest, AreEachSeenWholeCutNoStreamAndLeaveNothingBehind) {
  SplitStack stack(config(0), gateways(kGateways));
  fakes::HttpConnection stream = stack.client().connect();
  stream.send_request("POST", "/v1/messages", message_request(AnswerForm::kStream, "steady"));
  ASSERT_EQ(stream.read_head().status, 200);
  std::string streamed = stream.read_until("begun ");
  reload_under_load(stack, 1, 20);
  const std::array<const Process*, 3> programs{&stack.gateway(0).process(), &stack.gateway(1).process(),
                                               &stack.control_plane()};
  std::vector<std::size_t> descriptors;
  std::vector<std::size_t> memory;
  for (const Process* program : programs) {
    descriptors.push_back(open_descriptors(*program));
    memory.push_back(resident_bytes(*program));
  }

  reload_under_load(stack, 21, 100);

  held_->release();
  streamed += stream.read_until("message_stop\"}\n\n");
  EXPECT_EQ(fakes::parse_sse(streamed).back().name, "message_stop");
  EXPECT_NE(streamed.find("and ended"), std::string::npos);
  EXPECT_EQ(steady_.request_count(), 1u);
  EXPECT_EQ(mixed_count_, 0u);
  for (std::size_t i = 0; i < programs.size(); ++i) {
    SCOPED_TRACE("program " + std::to_string(i));
    EXPECT_TRUE(eventually([&] { return open_descriptors(*programs[i]) <= descriptors[i] + 4; }));
    if (!kMemoryTells) continue;
    const std::size_t now = resident_bytes(*programs[i]);
    std::cout << "after 80 more reloads: " << now / 1024 << " KiB, before " << memory[i] / 1024 << " KiB" << std::endl;
    EXPECT_LE(now, memory[i] + 8 * 1024 * 1024);
  }
}

TEST(InvalidConfigTest, UnderLoadChangesNothingAndSaysWhere) {
  FakeProvider provider;
  provider.always(answers("still served"));
  const std::string valid = config_for({{"only", provider.base_url()}});
  const std::vector<std::pair<std::string, std::string>> invalid{
      {"YAML syntax", "providers: [unclosed\n"},
      {"unknown key", valid + "colour: red\n"},
      {"duplicate key", valid + "providers: []\n"},
      {"duplicate provider", config_for({{"only", provider.base_url()}, {"only", provider.base_url()}})},
      {"dangling route", "providers: []\nmodel_routes: {\"*\": [{provider: nobody, model: passthrough}]}\n"},
      {"missing variable", config_for({{"only", "${NO_SUCH_VARIABLE}"}})},
      {"empty", ""},
      {"huge", valid + std::string(20'000'000, '#')},
  };
  SplitStack stack(valid);
  RateLoad load({.ports = load_on(stack, 1).ports, .rate = 200});
  for (const auto& [what, text] : invalid) {
    SCOPED_TRACE(what);
    load.wait_for_answers(50);

    stack.write_config(text);

    const Process balancerctl({"balancerctl", {"--server", stack.control_address(), "reload"}, {}});
    EXPECT_EQ(balancerctl.wait_for_exit().code, 4);
    // A file that is too long is not read: there is no line to name.
    const std::string place = what == "huge" ? "config\\.yaml" : "config\\.yaml:[0-9]+:[0-9]+: ";
    EXPECT_THAT(balancerctl.standard_error(), testing::ContainsRegex(place));
    const fakes::HttpResponse reload = stack.client().post("/providers/reload", "");
    EXPECT_EQ(reload.status, 400);
    EXPECT_THAT(message_of(reload), testing::ContainsRegex(place));
    EXPECT_EQ(metric_value(stack.control_http().get("/metrics").body,
                           "balancer_controlplane_config_last_reload_successful"),
              0);
    EXPECT_EQ(text_of(ask(stack.client())), "still served");
  }
  load.wait_for_answers(50);
  const RateResult result = load.stop();
  EXPECT_THAT(result.failures, testing::IsEmpty()) << result.summary();
}

}  // namespace
}  // namespace balancer::integration
