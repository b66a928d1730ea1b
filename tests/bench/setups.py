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
"""
_CACHE = """\
  max_cache_size: 1000
"""


@dataclasses.dataclass
class Setup:
    """One thing to measure. `servers` are those whose CPU time counts."""
    name: str
    whole: str  # HOST:PORT for answers in one piece
    stream: str  # HOST:PORT for SSE
    servers: list[Server]
    cached: str = ""  # HOST:PORT of answers that are kept, where the set-up keeps any; else as `whole`
    shares: bool = False  # requests that ask the same share an answer

    def __post_init__(self) -> None:
        self.cached = self.cached or self.whole

    def cpu_seconds(self) -> float:
        return sum(server.cpu_seconds() for server in self.servers)

    def stop(self) -> None:
        _stop(self.servers)


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
    servers = []
    addresses = []
    try:
        for config in _write_configs(provider, directory):
            servers.append(Server([str(bin_folder / "balancer"), "--config", str(config), "--listen", "127.0.0.1:0",
                                   "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--threads", "1"],
                                  directory))
            addresses.append(servers[-1].listening()["http"])
    except StartError:
        _stop(servers)
        raise
    usual, cached = addresses
    return Setup("standalone", usual, usual, servers, cached, shares=True)


def start_split(bin_folder: Path, provider: str, directory: Path) -> Setup:
    servers = []
    addresses = []
    try:
        for config in _write_configs(provider, directory):
            contract = f"unix:{config.with_suffix('.sock')}"
            servers.append(Server([str(bin_folder / "balancer-controlplane"), "--config", str(config), "--grpc-listen",
                                   contract, "--http-listen", "127.0.0.1:0"], directory))
            servers[-1].listening()
            servers.append(Server([str(bin_folder / "balancer-gateway"), "--control-plane", contract, "--listen",
                                   "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--threads", "1"], directory))
            addresses.append(servers[-1].listening()["http"])
    except StartError:
        _stop(servers)
        raise
    usual, cached = addresses
    return Setup("split", usual, usual, servers, cached, shares=True)


def _stop(servers: list[Server]) -> None:
    for server in reversed(servers):
        server.stop()


def _write_configs(provider: str, directory: Path) -> tuple[Path, Path]:
    """The usual one, and one with the cache on. The programs of the one that is not asked idle meanwhile."""
    usual, cached = directory / "usual.yaml", directory / "cached.yaml"
    usual.write_text(_BALANCER.format(provider=provider))
    cached.write_text(_BALANCER.format(provider=provider) + _CACHE)
    return usual, cached


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
