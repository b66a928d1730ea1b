// Flags that name TLS files, alike in all programs.
#pragma once

#include <string>

#include "common/tls/tls_files.hpp"

namespace CLI {
class App;
}

namespace balancer::tls {

struct FlagNames {
  // "--grpc-tls" and "BALANCER_GRPC_TLS": of --grpc-tls-key, which is BALANCER_GRPC_TLS_KEY in the environment.
  std::string prefix;
  std::string variable_prefix;
};

// Adds PREFIX-certificate and PREFIX-key, of which neither goes without the other. `files` outlives the parsing.
void add_identity_flags(CLI::App& app, const FlagNames& names, const std::string& certificate_help, Files& files);

// Adds PREFIX-NAME, for whose certificates are believed.
void add_authorities_flag(CLI::App& app, const FlagNames& names, const std::string& name, const std::string& help,
                          Files& files);

}  // namespace balancer::tls
