"""What a load run compares: the mock provider alone, nginx before it, and the gateway before it in two shapes."""
import dataclasses
import os
import socket
import time
from pathlib import Path

from processes import Server, StartError

_NGINX = """\
daemon off;
worker_processes 1;
{user}
pid {directory}/nginx.pid;
error_log {directory}/nginx.error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  client_max_body_size 32m;
  client_body_buffer_size 512k;
  keepalive_requests 100000000;
  upstream provider {{
    server {provider};
    keepalive 256;
    keepalive_requests 100000000;
  }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  server {{
    listen {whole};
    location / {{ proxy_pass http://provider; }}
  }}
  server {{
    listen {stream};
    location / {{ proxy_pass http://provider; proxy_buffering off; }}
  }}
}}
"""

_BALANCER = """\
providers:
  - name: mock
    type: anthropic
    base_url: http://{provider}
    auth_type: api_key
    auth_value: bench
model_routes:
  "*":
    - provider: mock
      model: passthrough
      priority: 1
settings:
  log_level: WARNING
  deduplication:
    enabled: false
"""


@dataclasses.dataclass
class Setup:
    """One thing to measure. `servers` are those whose CPU time counts."""
    name: str
    whole: str  # HOST:PORT for answers in one piece
    stream: str  # HOST:PORT for SSE
    servers: list[Server]

    def cpu_seconds(self) -> float:
        return sum(server.cpu_seconds() for server in self.servers)

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()


def start_direct(bin_folder: Path, directory: Path) -> Setup:
    mock = Server([str(bin_folder / "bench-mock-provider"), "--listen", "127.0.0.1:0"], directory)
    address = mock.listening()["http"]
    return Setup("direct", address, address, [mock])


def start_nginx(nginx: str, provider: str, directory: Path) -> Setup:
    whole, stream = f"127.0.0.1:{_free_port()}", f"127.0.0.1:{_free_port()}"
    config = directory / "nginx.conf"
    config.write_text(_NGINX.format(directory=directory, provider=provider, whole=whole, stream=stream,
                                    user="user root;" if os.geteuid() == 0 else ""))
    server = Server([nginx, "-e", f"{directory}/nginx.error.log", "-p", str(directory), "-c", str(config)], directory)
    for address in (whole, stream):
        _wait_until_accepting(server, address)
    return Setup("nginx", whole, stream, [server])


def start_standalone(bin_folder: Path, provider: str, directory: Path) -> Setup:
    config = _write_config(provider, directory)
    server = Server([str(bin_folder / "balancer"), "--config", str(config), "--listen", "127.0.0.1:0",
                     "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--threads", "1"],
                    directory)
    address = server.listening()["http"]
    return Setup("standalone", address, address, [server])


def start_split(bin_folder: Path, provider: str, directory: Path) -> Setup:
    config = _write_config(provider, directory)
    contract = f"unix:{directory}/control.sock"
    control_plane = Server([str(bin_folder / "balancer-controlplane"), "--config", str(config), "--grpc-listen", contract,
                            "--http-listen", "127.0.0.1:0"], directory)
    try:
        control_plane.listening()
        gateway = Server([str(bin_folder / "balancer-gateway"), "--control-plane", contract, "--listen", "127.0.0.1:0",
                          "--admin-listen", "127.0.0.1:0", "--threads", "1"], directory)
        try:
            address = gateway.listening()["http"]
        except StartError:
            gateway.stop()
            raise
    except StartError:
        control_plane.stop()
        raise
    return Setup("split", address, address, [control_plane, gateway])


def _write_config(provider: str, directory: Path) -> Path:
    config = directory / "balancer.yaml"
    config.write_text(_BALANCER.format(provider=provider))
    return config


def _free_port() -> int:
    """For nginx, which cannot tell what port 0 became."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_accepting(server: Server, address: str) -> None:
    host, port = address.split(":")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        server.check_running()
        try:
            socket.create_connection((host, int(port)), 1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise StartError(f"{server.name} does not accept on {address}")
