#include "tests/integration/support/nginx.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "tests/integration/support/eventually.hpp"

namespace balancer::integration {
namespace {

constexpr std::array kPlaces{"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"};

std::filesystem::path program() {
  for (const char* const place : kPlaces) {
    if (::access(place, X_OK) == 0) return place;
  }
  return {};
}

}  // namespace

// Bound, and never listened on: nginx may bind it as well (SO_REUSEADDR), while nobody is given it by chance.
Nginx::Port::Port() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(descriptor_, generic, size) != 0 || ::getsockname(descriptor_, generic, &size) != 0) {
    throw std::runtime_error("no port for nginx");
  }
  number_ = ntohs(address.sin_port);
}

Nginx::Port::~Port() { ::close(descriptor_); }

bool Nginx::installed() { return !program().empty(); }

Nginx::Nginx(const std::vector<std::uint16_t>& gateways) {
  write_config(gateways);
  process_ = std::make_unique<Process>(
      Command{program(), {"-p", directory_.path().string(), "-c", "nginx.conf", "-e", "stderr"}, {}});
  wait_for_generation();
}

Nginx::~Nginx() {
  // Killed, it would leave its workers behind.
  process_->signal(SIGTERM);
  try {
    process_->wait_for_exit();
  } catch (const ProcessError&) {
    ADD_FAILURE() << "nginx does not end";
  }
}

void Nginx::send_to(const std::vector<std::uint16_t>& gateways) {
  write_config(gateways);
  process_->signal(SIGHUP);
  wait_for_generation();
}

void Nginx::write_config(const std::vector<std::uint16_t>& gateways) {
  std::string servers;
  for (const std::uint16_t gateway : gateways) {
    servers += "    server 127.0.0.1:" + std::to_string(gateway) + " max_fails=0;\n";
  }
  const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
  directory_.write("nginx.conf", user + R"(daemon off;
pid nginx.pid;
worker_processes 2;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 40m;
  upstream gateways {
)" + servers + R"(  }
  server {
    listen 127.0.0.1:)" + std::to_string(port()) +
                                        R"( backlog=4096;
    # A client's next connection goes to whoever serves then.
    keepalive_timeout 0;
    location = /generation { return 200 ")" + std::to_string(++generation_) + R"("; }
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host localhost;
      proxy_buffering off;
      proxy_read_timeout 120s;
      proxy_next_upstream error timeout;
    }
  }
}
)");
}

void Nginx::wait_for_generation() const {
  const std::string wanted = std::to_string(generation_);
  // Workers of the generation before may still take a connection or two.
  constexpr int kInARow = 20;
  int in_a_row = 0;
  const auto answers = [&] {
    while (in_a_row < kInARow) {
      try {
        if (client().get("/generation").body != wanted) break;
        ++in_a_row;
      } catch (const fakes::ConversationError&) {
        break;
      }
    }
    if (in_a_row == kInARow) return true;
    in_a_row = 0;
    return false;
  };
  if (!eventually(answers, std::chrono::seconds(30))) {
    throw ProcessError("nginx does not serve: " + process_->standard_error());
  }
}

}  // namespace balancer::integration
