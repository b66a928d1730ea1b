// Gateway, control plane and balancerctl under mutual TLS: who is let in, and how certificates are replaced (promises.md
// T38, T40).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/silent_link.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::TestAuthority;
using fakes::TlsIdentity;
using testing::HasSubstr;

class ControlPlaneTlsTest : public testing::Test {
 protected:
  ControlPlaneTlsTest() {
    provider_.always(fakes::json_message("hello"));
    write("server", authority_.valid());
    write("client", authority_.client());
    directory_.write("ca.pem", authority_.certificate_pem());
    write_config("first");
  }

  void write(const std::string& name, const TlsIdentity& identity) const {
    directory_.write(name + "-key.pem", identity.key_pem);
    directory_.write(name + ".pem", identity.certificate_pem);
  }
  // What clients know each other's models by: /v1/models shows it.
  void write_config(const std::string& route) const {
    directory_.write("config.yaml", "providers:\n" + provider_entry("a", provider_.base_url()) +
                                        "model_routes:\n  \"*\":\n    - { provider: a, model: passthrough, priority: 1 }\n  \"" +
                                        route + "-*\":\n    - { provider: a, model: passthrough, priority: 1 }\n");
  }
  [[nodiscard]] std::string file(const std::string& name) const { return directory_ / name; }

  [[nodiscard]] Command control_plane(const std::string& listen, const std::vector<std::string>& more) const {
    Command command{"balancer-controlplane",
                    {"--config", file("config.yaml"), "--grpc-listen", listen, "--http-listen", "127.0.0.1:0"},
                    {}};
    command.arguments.insert(command.arguments.end(), more.begin(), more.end());
    return command;
  }
  [[nodiscard]] std::vector<std::string> server_tls() const {
    return {"--grpc-tls-certificate", file("server.pem"), "--grpc-tls-key", file("server-key.pem")};
  }
  [[nodiscard]] std::vector<std::string> mutual_tls() const {
    std::vector<std::string> flags = server_tls();
    flags.insert(flags.end(), {"--grpc-tls-client-ca", file("ca.pem")});
    return flags;
  }
  // Starts it, in the place and at the address of the former one if there is one.
  void start_control_plane() {
    control_plane_.reset();
    control_plane_.emplace(control_plane("127.0.0.1:0", mutual_tls()));
    const ListeningLine line = control_plane_->wait_until_listening();
    link_.lead_to(line.port("grpc"));
    address_ = "127.0.0.1:" + std::to_string(link_.port());
    control_http_port_ = line.port(line.contains("control_http") ? "control_http" : "http");
  }

  // `prefix` is the flags' own: "--control-plane-tls" or "--tls".
  [[nodiscard]] std::vector<std::string> trust(const std::string& prefix) const { return {prefix + "-ca", file("ca.pem")}; }
  [[nodiscard]] std::vector<std::string> identity(const std::string& prefix) const {
    return {prefix + "-certificate", file("client.pem"), prefix + "-key", file("client-key.pem")};
  }
  [[nodiscard]] Command gateway(const std::vector<std::vector<std::string>>& flags) const {
    Command command{"balancer-gateway",
                    {"--control-plane", address_, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"},
                    {}};
    for (const auto& more : flags) command.arguments.insert(command.arguments.end(), more.begin(), more.end());
    return command;
  }
  [[nodiscard]] Command gateway() const {
    return gateway({trust("--control-plane-tls"), identity("--control-plane-tls")});
  }
  // `balancerctl get providers`.
  [[nodiscard]] Ended ask(const std::vector<std::vector<std::string>>& flags) const {
    Command command{"balancerctl", {"--server", address_}, {}};
    for (const auto& more : flags) command.arguments.insert(command.arguments.end(), more.begin(), more.end());
    command.arguments.insert(command.arguments.end(), {"get", "providers"});
    return run(command);
  }
  [[nodiscard]] Ended ask() const { return ask({trust("--tls"), identity("--tls")}); }

  [[nodiscard]] std::optional<double> of_control_plane(std::string_view metric) const {
    return metric_value(fakes::HttpClient(control_http_port_).get("/metrics").body, metric);
  }
  [[nodiscard]] static bool is_ready(const RunningGateway& gateway) {
    return gateway.client().get("/readyz").status == 200;
  }
  [[nodiscard]] static bool is_connected(const RunningGateway& gateway) {
    return gateway.metric("balancer_gateway_control_plane_connected") == 1;
  }

  TestAuthority authority_;
  TempDir directory_;
  fakes::FakeProvider provider_;
  fakes::SilentLink link_;
  std::optional<Process> control_plane_;
  // Where the link is, unless a test says otherwise.
  std::string address_;
  std::uint16_t control_http_port_ = 0;
};

TEST_F(ControlPlaneTlsTest, AGatewayWithACertificateIsConfiguredAndItsRequestsAreDecided) {
  start_control_plane();
  RunningGateway running(gateway());
  ASSERT_TRUE(eventually([&] { return is_ready(running) && is_connected(running); }));
  const double decided = of_control_plane("balancer_controlplane_decisions_total").value_or(0);

  for (int i = 0; i < 5; ++i) EXPECT_EQ(running.client().post("/v1/messages", small_request()).status, 200);

  EXPECT_GE(of_control_plane("balancer_controlplane_decisions_total").value_or(0), decided + 1);
}

TEST_F(ControlPlaneTlsTest, TheScriptsCertificatesServe) {
  const Ended made = run({BALANCER_SOURCE_DIR "/deploy/make_test_certificates.sh", {directory_.path().string()}, {}});
  ASSERT_EQ(made.code, 0) << made.err;
  for (const char* key : {"ca-key.pem", "server-key.pem", "client-key.pem"}) {
    EXPECT_EQ(std::filesystem::status(file(key)).permissions(), std::filesystem::perms(0600)) << key;
  }

  start_control_plane();
  RunningGateway running(gateway());

  EXPECT_TRUE(eventually([&] { return is_ready(running); }));
  EXPECT_EQ(ask().code, 0);
}

TEST_F(ControlPlaneTlsTest, WhoShowsNoCertificateGetsNothing) {
  start_control_plane();

  const Ended without = ask({trust("--tls")});
  const Ended in_clear = ask({});
  RunningGateway stranger(gateway({trust("--control-plane-tls")}));
  RunningGateway member(gateway());

  EXPECT_EQ(without.code, 1);
  EXPECT_THAT(without.err, HasSubstr("does not answer"));
  EXPECT_EQ(in_clear.code, 1);
  EXPECT_THAT(in_clear.err, HasSubstr("--tls-ca"));
  EXPECT_EQ(ask().code, 0);
  ASSERT_TRUE(eventually([&] { return is_ready(member); }));
  EXPECT_FALSE(is_ready(stranger));
}

TEST_F(ControlPlaneTlsTest, WhoShowsAStrangersCertificateGetsNothing) {
  start_control_plane();
  const TestAuthority other;
  write("client", other.client());

  EXPECT_EQ(ask().code, 1);
  const RunningGateway stranger(gateway());
  EXPECT_FALSE(is_ready(stranger));

  // As soon as it has one of the right authority, it is let in: the gateway reads it again.
  write("client", authority_.client());
  EXPECT_EQ(ask().code, 0);
  EXPECT_TRUE(eventually([&] { return is_ready(stranger); }, std::chrono::seconds(30)));
}

TEST_F(ControlPlaneTlsTest, AControlPlaneThatProvesNothingIsNotBelieved) {
  const TestAuthority other;
  for (const TlsIdentity& shown : {other.valid(), authority_.wrong_name(), authority_.expired(),
                                   TestAuthority::self_signed(), authority_.client()}) {
    write("server", shown);
    start_control_plane();
    const Ended asked = ask();
    EXPECT_EQ(asked.code, 1);
    EXPECT_THAT(asked.err, HasSubstr("does not answer"));
    EXPECT_THAT(asked.err, testing::Not(HasSubstr("ssl_transport_security")));
    const RunningGateway running(gateway());
    EXPECT_FALSE(is_ready(running));
  }
  write("server", authority_.chained());
  start_control_plane();
  EXPECT_EQ(ask().code, 0);
}

TEST_F(ControlPlaneTlsTest, StrangersFillNoLog) {
  start_control_plane();
  const std::uint16_t port = static_cast<std::uint16_t>(std::stoi(address_.substr(address_.find(':') + 1)));

  for (int i = 0; i < 20; ++i) {
    fakes::HttpConnection plain({.port = port});
    plain.send_request("GET", "/");
    static_cast<void>(plain.read_until_close());
  }
  control_plane_->signal(SIGTERM);
  control_plane_->wait_for_exit();

  const std::string words = control_plane_->standard_error();
  EXPECT_EQ(words.find("TLS handshake"), words.rfind("TLS handshake"));
  EXPECT_THAT(words, HasSubstr("a TLS handshake of gRPC failed"));
  EXPECT_THAT(words, testing::Not(HasSubstr("ssl_transport_security")));
}

// gRPC's own lines have a form that no log reader knows.
TEST_F(ControlPlaneTlsTest, AGatewayThatTrustsNobodySaysSoInItsOwnLog) {
  start_control_plane();
  const TestAuthority other;
  directory_.write("other.pem", other.certificate_pem());
  RunningGateway distrustful(gateway({{"--control-plane-tls-ca", file("other.pem")}, identity("--control-plane-tls")}));

  EXPECT_TRUE(eventually([&] {
    return distrustful.process().standard_error().find("a TLS handshake of gRPC failed") != std::string::npos;
  }));
  distrustful.process().signal(SIGTERM);
  distrustful.process().wait_for_exit();

  const std::string words = distrustful.process().standard_error();
  EXPECT_THAT(words, HasSubstr("SSL_ERROR_SSL"));
  EXPECT_THAT(words, testing::Not(HasSubstr("ssl_transport_security")));
}

TEST_F(ControlPlaneTlsTest, ListensBeyondLoopbackWithMutualTlsOnly) {
  const Ended one_sided = run(control_plane("0.0.0.0:0", server_tls()));
  Process mutual(control_plane("0.0.0.0:0", mutual_tls()));

  EXPECT_EQ(one_sided.code, 2);
  EXPECT_THAT(one_sided.err, HasSubstr("--grpc-tls-client-ca"));
  address_ = "127.0.0.1:" + std::to_string(mutual.wait_until_listening().port("grpc"));
  EXPECT_EQ(ask().code, 0);
  EXPECT_THAT(mutual.standard_error(), testing::Not(HasSubstr("gRPC without TLS")));
}

TEST_F(ControlPlaneTlsTest, AUnixSocketStaysInClear) {
  const Process process(control_plane("unix:" + file("c.sock"), mutual_tls()));
  address_ = process.wait_until_listening().address("grpc");

  EXPECT_EQ(ask({}).code, 0);
  const RunningGateway running(gateway());
  EXPECT_TRUE(eventually([&] { return is_ready(running); }));
}

TEST_F(ControlPlaneTlsTest, AChangedServerCertificateIsShownToNewConnectionsAndOldOnesGoOn) {
  start_control_plane();
  const RunningGateway running(gateway());
  ASSERT_TRUE(eventually([&] { return is_ready(running) && is_connected(running); }));
  const TestAuthority next;
  directory_.write("next.pem", next.certificate_pem());
  const std::vector<std::string> believing_next{"--tls-ca", file("next.pem")};

  write("server", next.valid());

  EXPECT_TRUE(eventually([&] { return ask({believing_next, identity("--tls")}).code == 0; }));
  EXPECT_EQ(ask().code, 1);
  // The stream that stands brings the next configuration.
  const double version = running.metric("balancer_gateway_snapshot_version").value_or(0);
  write_config("second");
  EXPECT_TRUE(eventually([&] { return running.metric("balancer_gateway_snapshot_version") > version; }));
}

TEST_F(ControlPlaneTlsTest, ABadNewPairLeavesTheOldOneInUse) {
  start_control_plane();

  directory_.write("server-key.pem", authority_.valid().key_pem);

  EXPECT_TRUE(eventually([&] {
    return control_plane_->standard_error().find("the former ones stay in use") != std::string::npos;
  }));
  EXPECT_EQ(ask().code, 0);
}

TEST_F(ControlPlaneTlsTest, AGatewayTakesUpItsOwnNewCertificatesWithoutARestart) {
  start_control_plane();
  const RunningGateway running(gateway());
  ASSERT_TRUE(eventually([&] { return is_ready(running) && is_connected(running); }));
  const TestAuthority next;

  directory_.write("ca.pem", next.certificate_pem());
  write("client", next.client());
  write("server", next.valid());
  start_control_plane();

  // By what it had, neither would believe the other.
  EXPECT_TRUE(eventually([&] { return is_connected(running); }, std::chrono::seconds(30)));
  EXPECT_EQ(ask().code, 0);
}

TEST_F(ControlPlaneTlsTest, BothSidesShowWhenTheirCertificatesEnd) {
  start_control_plane();
  const RunningGateway running(gateway());
  const double now = static_cast<double>(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());

  // They are made for a day.
  const double hour = 3600;
  EXPECT_NEAR(of_control_plane("balancer_controlplane_tls_certificate_expiry_timestamp_seconds").value_or(0),
              now + 24 * hour, hour);
  EXPECT_NEAR(running.metric("balancer_gateway_tls_certificate_expiry_timestamp_seconds", {{"use", "control_plane"}})
                  .value_or(0),
              now + 24 * hour, hour);
}

TEST_F(ControlPlaneTlsTest, AnAuthorityWithoutACertificateIsWrongUsage) {
  const Ended asked_of_clients = run(control_plane("127.0.0.1:0", {"--grpc-tls-client-ca", file("ca.pem")}));

  EXPECT_EQ(asked_of_clients.code, 2);
  EXPECT_THAT(asked_of_clients.err + asked_of_clients.out, HasSubstr("--grpc-tls-certificate"));
}

TEST_F(ControlPlaneTlsTest, ACertificateWithoutAuthoritiesIsWrongUsage) {
  address_ = "127.0.0.1:1";

  const Ended started = run(gateway({identity("--control-plane-tls")}));
  const Ended asked = ask({identity("--tls")});

  EXPECT_EQ(started.code, 2);
  EXPECT_THAT(started.err, HasSubstr("--control-plane-tls-ca"));
  EXPECT_EQ(asked.code, 2);
  EXPECT_THAT(asked.err, HasSubstr("--tls-ca"));
}

}  // namespace
}  // namespace balancer::integration
