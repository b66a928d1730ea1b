#include "gateway/app/serving_flags.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>

#include "common/tls/tls_flags.hpp"

namespace balancer::gateway {
namespace {

constexpr double kLongestSeconds = 7 * 24 * 3600;
constexpr std::size_t kMebibyte = 1024 * 1024;

void add_count(CLI::App& app, const char* name, const char* variable, std::size_t& count, const char* help) {
  app.add_option(name, count, help)
      ->envname(variable)
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}))
      ->type_name("N")
      ->capture_default_str();
}

void add_seconds(CLI::App& app, const char* name, const char* variable, std::chrono::milliseconds& duration,
                 const char* help) {
  const auto set = [&duration](double seconds) {
    duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  };
  app.add_option_function<double>(name, set, help)
      ->envname(variable)
      ->check(CLI::Range(0.0, kLongestSeconds))
      ->type_name("SECONDS")
      ->default_str(fmt::format("{}", duration.count() / 1000));
}

}  // namespace

void add_serving_flags(CLI::App& app, GatewaySettings& settings) {
  tls::add_identity_flags(app, {.prefix = "--tls", .variable_prefix = "BALANCER_TLS"},
                          "Clients connect with TLS: the certificate chain, PEM; read again on change", settings.tls);
  OverloadLimits& overload = settings.overload;
  add_count(app, "--max-connections", "BALANCER_MAX_CONNECTIONS", overload.connections,
            "Clients' connections at once; one more is answered 529 and closed");
  add_count(app, "--max-in-flight", "BALANCER_MAX_IN_FLIGHT", overload.in_flight,
            "Requests and streams under way at once; one more is answered 529");
  app.add_option("--max-body-memory", overload.body_bytes,
                 "What request bodies may hold together; a request that finds no room is answered 529")
      ->envname("BALANCER_MAX_BODY_MEMORY")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false).description(""))
      ->check(CLI::Range(kMebibyte, std::numeric_limits<std::size_t>::max() / 2).description(""))
      ->type_name("SIZE")
      ->default_str(fmt::format("{}MiB", overload.body_bytes / kMebibyte));
  add_seconds(app, "--drain-delay", "BALANCER_DRAIN_DELAY", settings.drain_delay,
              "How long to go on serving after SIGTERM, with /readyz at 503, until load balancers have noticed, in seconds");
  add_seconds(app, "--drain-timeout", "BALANCER_DRAIN_TIMEOUT", settings.drain_timeout,
              "How long open streams may go on after that, in seconds; a second signal ends them at once");
}

}  // namespace balancer::gateway
