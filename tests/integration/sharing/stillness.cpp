#include "tests/integration/sharing/stillness.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/integration/support/eventually.hpp"

namespace balancer::integration {
namespace {

// A line of /proc/net/tcp: sl local_address rem_address st tx_queue:rx_queue ...; numbers are hexadecimal. Of a
// listener, the receive queue counts the connections that nobody has accepted.
bool has_unread(const std::string& line, std::uint16_t port) {
  std::istringstream words(line);
  std::string slot;
  std::string local;
  std::string remote;
  std::string state;
  std::string queues;
  if (!(words >> slot >> local >> remote >> state >> queues)) return false;
  const std::size_t behind_address = local.find(':');
  const std::size_t behind_sent = queues.find(':');
  if (behind_address == std::string::npos || behind_sent == std::string::npos) return false;
  if (std::stoul(local.substr(behind_address + 1), nullptr, 16) != port) return false;
  return std::stoul(queues.substr(behind_sent + 1), nullptr, 16) != 0;
}

bool has_read_everything(std::uint16_t port) {
  std::ifstream table("/proc/net/tcp");
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    if (has_unread(line, port)) return false;
  }
  return true;
}

// The state stands behind the thread's name, which is in brackets.
bool sleeps(const std::filesystem::path& thread) {
  std::ifstream file(thread / "stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos || text.compare(name_end + 2, 1, "S") == 0;
}

bool all_threads_sleep(const Process& process) {
  std::error_code ended;
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(process.id()) + "/task", ended);
  return std::all_of(begin(threads), end(threads), [](const auto& thread) { return sleeps(thread.path()); });
}

bool rests(RunningGateway& gateway) {
  return has_read_everything(gateway.listening().port("http")) && all_threads_sleep(gateway.process());
}

bool all_rest(const std::vector<RunningGateway*>& gateways) {
  return std::all_of(gateways.begin(), gateways.end(), [](RunningGateway* gateway) { return rests(*gateway); });
}

}  // namespace

testing::AssertionResult come_to_rest(const std::vector<RunningGateway*>& gateways) {
  return eventually([&] { return all_rest(gateways); });
}

testing::AssertionResult come_to_rest(RunningGateway& gateway) { return come_to_rest({&gateway}); }

testing::AssertionResult come_to_rest(SplitStack& stack, std::size_t gateways) {
  std::vector<RunningGateway*> all;
  for (std::size_t i = 0; i < gateways; ++i) all.push_back(&stack.gateway(i));
  // What one has sent to the other while it was looked at shows at the second look.
  const auto rest = [&] { return all_rest(all) && all_threads_sleep(stack.control_plane()); };
  return eventually([&] { return rest() && rest(); });
}

}  // namespace balancer::integration
