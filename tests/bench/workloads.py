"""What is done to each set-up, and what is measured while it is done."""
import dataclasses
import json
import math
import os
import subprocess
import time
import urllib.request
from pathlib import Path

from claude_code_body import make_body
from setups import Setup

_SCRIPT = Path(__file__).with_name("wrk_messages.lua")
# message_start, content_block_start, ping; content_block_stop, message_delta, message_stop
_FRAMING_EVENTS = 6


@dataclasses.dataclass
class Measurement:
    """Units are requests, or events of a stream."""
    rate: float  # units a second
    cpu_us: float  # CPU microseconds a unit, of the set-up's own processes
    # Latency, where the workload is about it: 0 elsewhere.
    p50_us: float = 0
    p99_us: float = 0
    errors: list[str] = dataclasses.field(default_factory=list)


class WholeAnswers:
    """Requests answered in one piece, as many as go through a number of connections (wrk). No two ask the same."""

    def __init__(self, name: str, connections: int, body_bytes: int):
        self.name = name
        self._connections = connections
        self._body_bytes = body_bytes

    def run(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path) -> Measurement:
        return self._run_wrk(setup, setup.whole, seconds, directory, {})

    def _write_body(self, directory: Path) -> Path:
        body = directory / f"body.{self._body_bytes}"
        body.write_bytes(make_body(self._body_bytes))
        return body

    def _run_wrk(self, setup: Setup, address: str, seconds: float, directory: Path,
                 environment: dict[str, str]) -> Measurement:
        body = self._write_body(directory)
        command = ["wrk", "-t1", f"-c{self._connections}", f"-d{max(1, round(seconds))}s", "-s", str(_SCRIPT),
                   f"http://{address}/v1/messages"]
        before = setup.cpu_seconds()
        output = subprocess.run(command, env={**os.environ, "BENCH_BODY": str(body), **environment},
                                capture_output=True, text=True, timeout=seconds + 30, check=False)
        cpu = setup.cpu_seconds() - before
        summary = [line for line in output.stdout.splitlines() if line.startswith("{")]
        if not summary:
            return Measurement(0, 0, errors=[f"wrk: {output.stdout[-500:]}{output.stderr[-500:]}"])
        result = json.loads(summary[-1])
        errors = [f"{result[kind]} x {kind}" for kind in ("not_200", "connect", "read", "write", "timeout") if result[kind]]
        if not result["requests"]:
            return Measurement(0, 0, errors=errors or ["no request was answered"])
        measurement = Measurement(result["requests"] / result["seconds"], cpu * 1e6 / result["requests"], errors=errors)
        if self._connections == 1:
            measurement.p50_us, measurement.p99_us = result["p50_us"], result["p99_us"]
        return measurement


class CacheHits(WholeAnswers):
    """The same request over and over, at a gateway that keeps answers. Runs half as long."""

    def run(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path) -> Measurement:
        if setup.shares and not self._is_stored(setup.cached, self._write_body(directory)):
            return Measurement(0, 0, errors=["the answer is not stored"])
        return self._run_wrk(setup, setup.cached, seconds / 2, directory, {"BENCH_SAME": "1"})

    @staticmethod
    def _is_stored(address: str, body: Path) -> bool:
        """Asks until a stored answer comes."""
        headers = {"content-type": "application/json", "anthropic-version": "2023-06-01", "x-api-key": "bench"}
        request = urllib.request.Request(f"http://{address}/v1/messages", body.read_bytes(), headers)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with urllib.request.urlopen(request, timeout=10) as response:
                if response.headers["x-balancer-cache"] == "hit":
                    return True
        return False


class Streams:
    """SSE streams side by side, none of them another one's. Without a pace every event is sent as soon as the one
    before it has left."""

    def __init__(self, name: str, streams: int, events: int, pace_us: int):
        self.name = name
        self._streams = streams
        self._events = events
        self._pace_us = pace_us

    def run(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path) -> Measurement:
        measurement, _ = self._read_streams(setup, seconds, directory, bin_folder, [])
        return measurement

    def _read_streams(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path,
                      more: list[str]) -> tuple[Measurement, dict]:
        """What the client printed, too; empty if it failed."""
        body = directory / f"body.{self._events}.{self._pace_us}"
        body.write_bytes(make_body(2048, f"events={self._events} pace_us={self._pace_us}"))
        command = [str(bin_folder / "bench-sse-client"), "--connect", setup.stream, "--body", str(body), "--streams",
                   str(self._streams), "--seconds", str(seconds), "--expect-events", str(self._events + _FRAMING_EVENTS),
                   *more]
        before = setup.cpu_seconds()
        output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
        cpu = setup.cpu_seconds() - before
        if output.returncode != 0:
            return Measurement(0, 0, errors=[output.stderr[-500:]]), {}
        result = json.loads(output.stdout)
        errors = [f"{result['errors']} x {result['first_error']}"] if result["errors"] else []
        if not result["streams"]:
            return Measurement(0, 0, errors=errors or ["no stream was completed"]), {}
        return Measurement(result["events"] / result["seconds"], cpu * 1e6 / result["events"], errors=errors), result


class JoinedStreams(Streams):
    """SSE streams of clients that all ask the same at the same time; the latency is the time to a stream's first byte.
    Runs half as long."""

    def run(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path) -> Measurement:
        measurement, result = self._read_streams(setup, seconds / 2, directory, bin_folder, ["--together"])
        if not result:
            return measurement
        measurement.p50_us, measurement.p99_us = result["first_byte_p50_us"], result["first_byte_p99_us"]
        asked_upstream = result["streams"] - result["joined"]
        rounds = math.ceil(result["streams"] / self._streams)
        if setup.shares and asked_upstream > rounds:
            measurement.errors.append(f"{asked_upstream} upstream calls in {rounds} rounds")
        return measurement


LARGE = 120_000
WORKLOADS = (
    WholeAnswers("2 kB, 64 connections", 64, 2048),
    WholeAnswers("120 kB, 64 connections", 64, LARGE),
    WholeAnswers("2 kB, 1 connection", 1, 2048),
    WholeAnswers("120 kB, 1 connection", 1, LARGE),
    Streams("SSE flat out, 64 streams", 64, 1000, 0),
    # 64 x 100 events a second: the pace of models, where nothing arrives together.
    Streams("SSE at 100 events/s, 64 streams", 64, 50, 10_000),
    CacheHits("2 kB, 1 connection, cache hit", 1, 2048),
    JoinedStreams("SSE at 100 events/s, 64 streams that ask the same", 64, 25, 10_000),
)
