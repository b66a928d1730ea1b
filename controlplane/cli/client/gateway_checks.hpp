// The requests of an examination, and what each answer says.
#pragma once

#include <string>
#include <vector>

#include "controlplane/cli/client/doctor.hpp"
#include "controlplane/cli/client/http_probe.hpp"

namespace balancer::controlplane::cli {

struct ModelListing {
  Check check;
  std::vector<std::string> models;
  // The server has said that it does not take the credentials.
  bool refused = false;
};

// Sends what Claude Code sends, with its headers and credentials. The settings outlive it.
class GatewayChecks {
 public:
  GatewayChecks(const DoctorSettings& settings, const BaseUrl& server);

  // Failed only when there was no answer at all.
  [[nodiscard]] Check check_connection() const;
  [[nodiscard]] ModelListing check_models() const;
  [[nodiscard]] Check check_token_count(const std::string& model) const;
  // Costs a few tokens.
  [[nodiscard]] Check check_message(const std::string& model) const;
  // Costs about a hundred tokens. The stream itself, and its pace where the stream is right.
  [[nodiscard]] std::vector<Check> check_stream(const std::string& model) const;

 private:
  [[nodiscard]] ProbeAnswer ask(std::string method, std::string path, std::string body, Milliseconds limit) const;

  const DoctorSettings& settings_;
  HttpProbe probe_;
  // One session, as one run of Claude Code is.
  std::string session_;
};

}  // namespace balancer::controlplane::cli
