"""What a load run compares: the mock provider alone, nginx before it, and the gateway before it in three shapes."""
import dataclasses
import os
import shutil
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

# What a request asks for tells how it is served.
SPLICED_MODEL = "claude-bench-renamed"
CONVERTED_MODEL = "claude-bench-converted"
_BALANCER = """\
providers:
  - name: mock
    type: anthropic
    base_url: http://{provider}
    auth_type: api_key
    auth_value: bench
  - name: chat
    type: openai
    base_url: http://{provider}/v1
    auth_value: bench
model_routes:
  "{spliced}":
    - {{ provider: mock, model: claude-by-another-name, priority: 1 }}
  "{converted}*":
    - {{ provider: chat, model: passthrough, priority: 1 }}
  "*":
    - {{ provider: mock, model: passthrough, priority: 1 }}
settings:
  log_level: WARNING
"""
_CACHE = """\
  max_cache_size: 1000
"""
# Nobody looks whether two requests ask the same: none is signed.
_UNSHARED = """\
  deduplication: { enabled: false }
"""


@dataclasses.dataclass
class Front:
    """An address that clients talk to, and the programs behind it."""
    address: str  # HOST:PORT
    proxy: Server
    control_plane: Server | None = None

    def servers(self) -> list[Server]:
        return [self.proxy, self.control_plane] if self.control_plane else [self.proxy]

    def cpu_seconds(self) -> tuple[float, float]:
        """The proxy's and the control plane's."""
        return self.proxy.cpu_seconds(), self.control_plane.cpu_seconds() if self.control_plane else 0

    def stop(self) -> None:
        for server in self.servers():
            server.stop()


@dataclasses.dataclass
class Setup:
    """One thing to measure."""
    name: str
    whole: Front  # for answers in one piece
    stream: Front  # for SSE
    cached: Front | None = None  # keeps answers; its programs idle while the others are asked
    shares: bool = False  # requests that ask the same share an answer

    def stop(self) -> None:
        for front in (self.whole, self.stream, self.cached):
            if front:
                front.stop()


def start_direct(bin_folder: Path, directory: Path) -> Setup:
    mock = Server([str(bin_folder / "bench-mock-provider"), "--listen", "127.0.0.1:0"], directory)
    front = Front(mock.listening()["http"], mock)
    return Setup("direct", front, front)


def start_setup(name: str, bin_folder: Path, provider: str, directory: Path) -> Setup:
    """Any but direct."""
    directory.mkdir()
    if name == "nginx":
        return Setup("nginx", *_nginx_fronts(provider, directory))
    if name == "snapshot":
        front = _split_front(bin_folder, _write_config(provider, directory, "usual"), directory)
        front.control_plane.stop()
        front.control_plane = None
        return Setup(name, front, front)
    if name == "unshared":
        front = _split_front(bin_folder, _write_config(provider, directory, "unshared", _UNSHARED), directory)
        return Setup(name, front, front)
    start = {"standalone": _standalone_front, "split": _split_front}.get(name)
    if not start:
        raise StartError(f"no set-up is called {name}")
    usual = start(bin_folder, _write_config(provider, directory, "usual"), directory)
    try:
        cached = start(bin_folder, _write_config(provider, directory, "cached", _CACHE), directory)
    except StartError:
        usual.stop()
        raise
    return Setup(name, usual, usual, cached, shares=True)


def start_fresh_front(name: str, bin_folder: Path, provider: str, directory: Path) -> Front:
    """One of nginx, standalone and split that nothing else uses, ready for streams."""
    if name == "nginx":
        return _nginx_fronts(provider, directory)[1]
    start = {"standalone": _standalone_front, "split": _split_front}[name]
    return start(bin_folder, _write_config(provider, directory, "fresh"), directory)


def _nginx_fronts(provider: str, directory: Path) -> tuple[Front, Front]:
    """For answers in one piece, and for streams: one server with two addresses."""
    whole, stream = f"127.0.0.1:{_free_port()}", f"127.0.0.1:{_free_port()}"
    config = directory / "nginx.conf"
    config.write_text(_NGINX.format(directory=directory, provider=provider, whole=whole, stream=stream,
                                    user="user root;" if os.geteuid() == 0 else ""))
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    server = Server([nginx, "-e", f"{directory}/nginx.error.log", "-p", str(directory), "-c", str(config)], directory)
    for address in (whole, stream):
        _wait_until_accepting(server, address)
    return Front(whole, server), Front(stream, server)


def _standalone_front(bin_folder: Path, config: Path, directory: Path) -> Front:
    server = Server([str(bin_folder / "balancer"), "--config", str(config), "--listen", "127.0.0.1:0", "--grpc-listen",
                     "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--threads", "1"], directory)
    return Front(server.listening()["http"], server)


def _split_front(bin_folder: Path, config: Path, directory: Path) -> Front:
    contract = f"unix:{config.with_suffix('.sock')}"
    control_plane = Server([str(bin_folder / "balancer-controlplane"), "--config", str(config), "--grpc-listen", contract,
                            "--http-listen", "127.0.0.1:0"], directory)
    try:
        control_plane.listening()
        gateway = Server([str(bin_folder / "balancer-gateway"), "--control-plane", contract, "--listen", "127.0.0.1:0",
                          "--admin-listen", "127.0.0.1:0", "--threads", "1", "--log-level", "warning"], directory)
        return Front(gateway.listening()["http"], gateway, control_plane)
    except StartError:
        control_plane.stop()
        raise


def _write_config(provider: str, directory: Path, name: str, more_settings: str = "") -> Path:
    config = directory / f"{name}.yaml"
    config.write_text(_BALANCER.format(provider=provider, spliced=SPLICED_MODEL, converted=CONVERTED_MODEL) + more_settings)
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
