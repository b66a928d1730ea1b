// balancer-demo-provider: a provider without a model, of both types, anthropic and openai, so that the balancer can be
// tried with no key and no internet.
#include <CLI/CLI.hpp>
#include <boost/system/system_error.hpp>
#include <cstdio>

#include "common/net/listen_address.hpp"
#include "common/process/listening_line.hpp"
#include "deploy/demo_provider/demo_server.hpp"

namespace {

constexpr int kUsageError = 2;

void announce(const std::string& address) {
  balancer::ListeningLine line;
  line.http = address;
  balancer::print_listening_line(line);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace balancer;
  CLI::App app{"A provider of types anthropic and openai without a model, for trying the balancer out"};
  std::string listen = "127.0.0.1:9100";
  app.set_version_flag("--version", BALANCER_VERSION);
  app.add_option("--listen", listen, "HOST:PORT; port 0 picks a free one")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  const Result<ListenAddress> address = parse_listen_address(listen);
  const TcpAddress* tcp = address ? std::get_if<TcpAddress>(&*address) : nullptr;
  if (tcp == nullptr) {
    std::fprintf(stderr, "--listen %s: %s\n", listen.c_str(),
                 address ? "HOST:PORT is wanted" : address.error().message.c_str());
    return kUsageError;
  }
  try {
    demo::run_demo_server(*tcp, announce);
  } catch (const boost::system::system_error& error) {
    std::fprintf(stderr, "balancer-demo-provider: cannot listen on %s: %s\n", listen.c_str(),
                 error.code().message().c_str());
    return 1;
  }
}
