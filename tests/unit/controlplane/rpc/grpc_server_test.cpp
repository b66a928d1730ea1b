#include "controlplane/rpc/grpc_server.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using testing::HasSubstr;

bool answers(const std::string& target) {
  const auto channel = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  set_generous_deadline(context);
  v1::GetServerInfoResponse info;
  return v1::AdminService::NewStub(channel)->GetServerInfo(&context, {}, &info).ok();
}

class GrpcServerTest : public testing::Test {
 protected:
  GrpcServerSettings on_socket() const {
    GrpcServerSettings settings;
    settings.listen = UnixAddress{socket_};
    return settings;
  }

  fakes::TempDir folder_;
  const std::filesystem::path socket_ = folder_ / "s.sock";
};

TEST_F(GrpcServerTest, TellsThePortThatItGot) {
  GrpcServerSettings settings;
  settings.listen = TcpAddress{"127.0.0.1", 0};
  const ServedControlPlane served(sample_config({"a"}), settings);

  const auto bound = served.server->bound();

  ASSERT_TRUE(bound);
  EXPECT_NE(std::get<TcpAddress>(*bound).port, 0);
  EXPECT_TRUE(answers(to_string(*bound)));
}

TEST_F(GrpcServerTest, RefusesAPortThatIsTaken) {
  GrpcServerSettings settings;
  settings.listen = TcpAddress{"127.0.0.1", 0};
  ServedControlPlane served(sample_config({"a"}), settings);

  settings.listen = served.server->bound();
  const auto second = GrpcServer::start(served.control_plane, settings);

  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST_F(GrpcServerTest, KeepsItsSocketToItsUser) {
  const ServedControlPlane served(sample_config({"a"}), on_socket());

  struct stat file {};
  ASSERT_EQ(stat(socket_.c_str(), &file), 0);

  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_TRUE(answers("unix:" + socket_.string()));
}

TEST_F(GrpcServerTest, ReplacesASocketThatNobodyListensOn) {
  const int abandoned = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_.native().copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(abandoned, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(abandoned);

  const ServedControlPlane served(sample_config({"a"}), on_socket());

  EXPECT_TRUE(answers("unix:" + socket_.string()));
}

TEST_F(GrpcServerTest, LeavesASocketToTheProcessThatListensOnIt) {
  ServedControlPlane served(sample_config({"a"}), on_socket());

  const auto second = GrpcServer::start(served.control_plane, on_socket());

  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
  EXPECT_TRUE(answers("unix:" + socket_.string()));
}

TEST_F(GrpcServerTest, LeavesAFileThatIsNoSocketAlone) {
  std::ofstream(socket_) << "precious";
  ServedControlPlane served(sample_config({"a"}));

  const auto refused = GrpcServer::start(served.control_plane, on_socket());

  EXPECT_FALSE(refused);
  EXPECT_EQ(std::filesystem::file_size(socket_), 8u);
}

TEST_F(GrpcServerTest, ListensBeyondLoopbackOnlyWhenToldSo) {
  GrpcServerSettings settings;
  settings.listen = TcpAddress{"0.0.0.0", 0};

  ASSERT_TRUE(GrpcServer::refusal(settings));
  EXPECT_THAT(GrpcServer::refusal(settings)->message, HasSubstr("--insecure-grpc"));

  settings.insecure = true;
  EXPECT_FALSE(GrpcServer::refusal(settings));
}

}  // namespace
}  // namespace balancer::controlplane
