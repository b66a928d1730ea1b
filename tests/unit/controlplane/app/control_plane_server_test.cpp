#include "controlplane/app/control_plane_server.hpp"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <fstream>

#include "balancer/controlplane/v1/config.grpc.pb.h"
#include "controlplane/config/config_loader.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace balancer::controlplane {
namespace {

constexpr const char* kProviderAndRoute = R"(
providers:
  - {name: a, type: anthropic, base_url: "https://a.example", auth_type: api_key, auth_value: key}
model_routes:
  "*": [{provider: a, model: passthrough, priority: 1}]
)";

class ControlPlaneServerTest : public testing::Test {
 protected:
  ControlPlaneServerTest() {
    write_config(90);
  }

  void write_config(int cooldown_seconds) {
    std::ofstream(folder_ / "next.yaml") << kProviderAndRoute << "settings:\n  cooldown_seconds: " << cooldown_seconds
                                         << "\n";
    std::filesystem::rename(folder_ / "next.yaml", file());
  }
  std::filesystem::path file() const { return folder_ / "config.yaml"; }

  std::unique_ptr<ControlPlaneServer> start(ControlPlaneServerSettings settings) {
    settings.config_file = file();
    auto server = ControlPlaneServer::start(load_config(file(), process_environment()).config.value(), settings, clock_);
    EXPECT_TRUE(server);
    return server ? std::move(*server) : nullptr;
  }

  SystemClock clock_;
  fakes::TempDir folder_;
};

TEST_F(ControlPlaneServerTest, ServesAGatewayOfItsOwnProcessWithoutListening) {
  const auto server = start({});
  EXPECT_EQ(server->grpc_bound(), std::nullopt);
  EXPECT_EQ(server->http_bound(), std::nullopt);

  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const auto stub = v1::ConfigService::NewStub(server->in_process_channel());
  const auto watch = stub->WatchSnapshot(&context, {});
  v1::WatchSnapshotResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.snapshot().providers(0).name(), "a");
  context.TryCancel();
  watch->Finish();
}

TEST_F(ControlPlaneServerTest, SendsGatewaysWhatIsWrittenToItsFile) {
  const auto server = start({});
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const auto stub = v1::ConfigService::NewStub(server->in_process_channel());
  const auto watch = stub->WatchSnapshot(&context, {});
  v1::WatchSnapshotResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.snapshot().failure_cooldown().seconds(), 90);

  write_config(45);

  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.snapshot().version(), 2u);
  EXPECT_EQ(response.snapshot().failure_cooldown().seconds(), 45);
  context.TryCancel();
  watch->Finish();
}

TEST_F(ControlPlaneServerTest, TellsThePortsThatItGot) {
  ControlPlaneServerSettings settings;
  settings.grpc_listen = TcpAddress{"127.0.0.1", 0};
  settings.http_listen = TcpAddress{"127.0.0.1", 0};

  const auto server = start(settings);

  EXPECT_NE(std::get<TcpAddress>(server->grpc_bound().value()).port, 0);
  EXPECT_NE(server->http_bound().value().port, 0);
}

TEST_F(ControlPlaneServerTest, SaysWhichAddressItCannotListenOn) {
  ControlPlaneServerSettings settings;
  settings.config_file = file();
  settings.http_listen = TcpAddress{"192.0.2.1", 0};

  const auto server =
      ControlPlaneServer::start(load_config(file(), process_environment()).config.value(), settings, clock_);

  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, testing::HasSubstr("192.0.2.1"));
}

}  // namespace
}  // namespace balancer::controlplane
