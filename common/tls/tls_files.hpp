// What one side of TLS proves itself with and whom it believes, in PEM files.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/config/secret.hpp"
#include "common/error/error.hpp"

namespace balancer::tls {

// Empty: there is none. A certificate has a key.
struct Files {
  // The certificate, and behind it the intermediate ones that lead to its authority.
  std::string certificate{};
  std::string key{};
  // Whose certificates are believed.
  std::string authorities{};
};

// Of the files that were named; the rest is empty.
struct Material {
  std::string certificate_chain{};
  Secret private_key{};
  std::string authorities{};
  // When the certificate, or one of those behind it, ends first.
  std::optional<std::chrono::sys_seconds> expiry{};
  // Others than the owner may read the key's file.
  bool key_widely_readable = false;
};

// Reads and checks: what it returns can be used. Fails when a file cannot be read, holds no PEM, or the key is not the
// certificate's; the message names the file and never its content.
[[nodiscard]] Result<Material> load(const Files& files);

}  // namespace balancer::tls
