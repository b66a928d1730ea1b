#include "controlplane/config/config_loader.hpp"

#include "common/config/yaml_document.hpp"
#include "common/digest/sha256.hpp"
#include "controlplane/config/config_file.hpp"
#include "controlplane/config/file_content.hpp"
#include "controlplane/config/provider_reader.hpp"
#include "controlplane/config/route_reader.hpp"
#include "controlplane/config/settings_reader.hpp"

namespace balancer::controlplane {
namespace {

Config read_config(YamlMap root, const ConfigFile& file) {
  Config config = read_settings(root.map("settings"), file);
  Snapshot& snapshot = config.snapshot;
  ConfiguredProviders configured = read_providers(root, file);
  snapshot.providers = std::move(configured.providers);
  config.health_checks = std::move(configured.health_checks);
  for (const Provider& provider : snapshot.providers) {
    snapshot.routing.providers.push_back({provider.name, provider.enabled});
  }
  snapshot.routing.routes = read_routes(root, snapshot.providers);
  snapshot.load_time = std::chrono::system_clock::now();
  // A home for anchors.
  root.ignore_prefix("x-");
  return config;
}

ConfigProblem to_config_problem(const YamlProblem& problem, const std::string& file) {
  return {problem.severity == YamlSeverity::kError ? ConfigProblem::Severity::kError
                                                   : ConfigProblem::Severity::kWarning,
          file,
          problem.place.line,
          problem.place.column,
          problem.path,
          problem.message};
}


}  // namespace

ConfigLoad load_config(const std::filesystem::path& file, const Environment& environment) {
  ConfigLoad load;
  const Result<FileContent> content = read_file(file, YamlDocument::kMaxBytes);
  if (!content) {
    load.problems.push_back(
        {ConfigProblem::Severity::kError, file.string(), 0, 0, "", content.error().message});
    return load;
  }
  load.content_hash = to_hex(sha256(content->bytes));

  YamlDocument document(content->bytes, environment);
  if (auto root = document.root()) {
    load.config = read_config(std::move(*root), {file.parent_path(), content->widely_readable});
  }
  for (const YamlProblem& problem : document.problems()) {
    load.problems.push_back(to_config_problem(problem, file.string()));
  }
  if (has_errors(load.problems)) load.config.reset();
  return load;
}

}  // namespace balancer::controlplane
