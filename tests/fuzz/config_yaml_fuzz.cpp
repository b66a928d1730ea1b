// Whatever stands in a configuration file, it is refused with a place and a reason, or it is one that a gateway accepts and
// understands as it was meant; and it says the same whenever it is read.
//
// There are no variables and no other files.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "controlplane/config/config_loader.hpp"
#include "controlplane/config/config_view.hpp"
#include "controlplane/rpc/snapshot_encoding.hpp"
#include "gateway/controlplane_client/snapshot_decoding.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;                // NOLINT(google-build-using-namespace)
using namespace balancer::controlplane;  // NOLINT(google-build-using-namespace)
using fuzz::complain;

// A folder of its own with one file in it.
class PrivateFile {
 public:
  PrivateFile() {
    std::string folder = (std::filesystem::temp_directory_path() / "config-fuzz-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
  }
  ~PrivateFile() { std::filesystem::remove_all(folder_); }
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "config.yaml"; }
  void write(std::string_view text) const {
    std::ofstream file(path(), std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
  }

 private:
  std::filesystem::path folder_;
};

ConfigLoad load(const PrivateFile& file) {
  ConfigLoad load = load_config(file.path(), [](std::string_view) { return std::nullopt; });
  if (load.config) load.config->snapshot.load_time = {};
  return load;
}

std::string told(const ConfigLoad& load) {
  std::string text;
  for (const ConfigProblem& problem : load.problems) text += to_string(problem) + '\n';
  return text;
}

void check_problems(const ConfigLoad& load, std::string_view text) {
  if (load.config.has_value() == has_errors(load.problems)) complain("neither a configuration nor an error", text);
  const auto lines = std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r') + 1;
  for (const ConfigProblem& problem : load.problems) {
    if (problem.message.empty()) complain("a problem without words", text);
    if (problem.line < 0 || problem.line > lines + 1) complain("a problem outside the file", text);
    if (std::any_of(problem.message.begin(), problem.message.end(), [](char c) { return c == '\n' || c == '\0'; })) {
      complain("a problem that goes over its line", text);
    }
  }
}

// What the control plane serves, its gateways take.
void check_served(const Config& config, std::string_view text) {
  Result<Snapshot> heard = gateway::decode_snapshot(encode(config.snapshot));
  if (!heard) complain("gateways refuse it: " + heard.error().message, text);
  heard->routing_digest = config.snapshot.routing_digest;
  if (*heard != config.snapshot) complain("gateways understand another one", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const PrivateFile file;
  const std::string_view text = fuzz::as_text(data, size);
  // Files elsewhere are not of interest.
  if (text.find("file:") != std::string_view::npos) return 0;
  file.write(text);
  const ConfigLoad loaded = load(file);
  check_problems(loaded, text);
  const ConfigLoad again = load(file);
  if (again.config != loaded.config || told(again) != told(loaded)) complain("read twice, another one", text);
  if (!loaded.config) return 0;
  check_served(*loaded.config, text);
  if (config_view(*loaded.config).dump().empty()) complain("nothing to be seen", text);
  return 0;
}
