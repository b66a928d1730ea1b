"""What is done to each set-up, and what is measured while it is done."""
import dataclasses
import json
import os
import subprocess
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
    p50_us: float = 0
    p99_us: float = 0
    errors: list[str] = dataclasses.field(default_factory=list)


class WholeAnswers:
    """Requests answered in one piece, as many as go through a number of connections (wrk)."""

    def __init__(self, name: str, connections: int, body_bytes: int):
        self.name = name
        self._connections = connections
        self._body_bytes = body_bytes

    def run(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path) -> Measurement:
        body = directory / f"body.{self._body_bytes}"
        body.write_bytes(make_body(self._body_bytes))
        command = ["wrk", "-t1", f"-c{self._connections}", f"-d{max(1, round(seconds))}s", "-s", str(_SCRIPT),
                   f"http://{setup.whole}/v1/messages"]
        before = setup.cpu_seconds()
        output = subprocess.run(command, env={**os.environ, "BENCH_BODY": str(body)}, capture_output=True, text=True,
                                timeout=seconds + 30, check=False)
        cpu = setup.cpu_seconds() - before
        summary = [line for line in output.stdout.splitlines() if line.startswith("{")]
        if not summary:
            return Measurement(0, 0, errors=[f"wrk: {output.stdout[-500:]}{output.stderr[-500:]}"])
        result = json.loads(summary[-1])
        errors = [f"{result[kind]} x {kind}" for kind in ("not_200", "connect", "read", "write", "timeout") if result[kind]]
        if not result["requests"]:
            return Measurement(0, 0, errors=errors or ["no request was answered"])
        return Measurement(result["requests"] / result["seconds"], cpu * 1e6 / result["requests"], result["p50_us"],
                           result["p99_us"], errors)


class Streams:
    """SSE streams side by side. Without a pace every event is sent as soon as the one before it has left."""

    def __init__(self, name: str, streams: int, events: int, pace_us: int):
        self.name = name
        self._streams = streams
        self._events = events
        self._pace_us = pace_us

    def run(self, setup: Setup, seconds: float, directory: Path, bin_folder: Path) -> Measurement:
        body = directory / f"body.{self._events}.{self._pace_us}"
        body.write_bytes(make_body(2048, f"events={self._events} pace_us={self._pace_us}"))
        command = [str(bin_folder / "bench-sse-client"), "--connect", setup.stream, "--body", str(body), "--streams",
                   str(self._streams), "--seconds", str(seconds), "--expect-events", str(self._events + _FRAMING_EVENTS)]
        before = setup.cpu_seconds()
        output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
        cpu = setup.cpu_seconds() - before
        if output.returncode != 0:
            return Measurement(0, 0, errors=[output.stderr[-500:]])
        result = json.loads(output.stdout)
        errors = [f"{result['errors']} x {result['first_error']}"] if result["errors"] else []
        if not result["streams"]:
            return Measurement(0, 0, errors=errors or ["no stream was completed"])
        return Measurement(result["events"] / result["seconds"], cpu * 1e6 / result["events"], errors=errors)


LARGE = 120_000
WORKLOADS = (
    WholeAnswers("2 kB, 64 connections", 64, 2048),
    WholeAnswers("120 kB, 64 connections", 64, LARGE),
    WholeAnswers("2 kB, 1 connection", 1, 2048),
    WholeAnswers("120 kB, 1 connection", 1, LARGE),
    Streams("SSE flat out, 64 streams", 64, 1000, 0),
    # 64 x 100 events a second: the pace of models, where nothing arrives together.
    Streams("SSE at 100 events/s, 64 streams", 64, 50, 10_000),
)
