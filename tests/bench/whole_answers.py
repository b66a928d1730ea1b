"""Workloads of requests that are answered in one piece."""
import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path

from claude_code_body import make_body
from measurement import CpuMeter, LoadRun, Measurement
from setups import Front, Setup

_SCRIPT = Path(__file__).with_name("wrk_messages.lua")
HEADERS = {"content-type": "application/json", "anthropic-version": "2023-06-01", "x-api-key": "bench"}


class WholeAnswers:
    """As many requests as go through a number of connections (wrk). No two ask the same."""

    def __init__(self, key: str, name: str, setups: tuple[str, ...], connections: int, body_bytes: int, *,
                 model: str = "claude-bench", pinned: bool = True, in_smoke: bool = True):
        self.key, self.name, self.setups, self.in_smoke = key, name, setups, in_smoke
        self._connections = connections
        self._body_bytes = body_bytes
        self._model = model
        self._pinned = pinned

    def run(self, setup: Setup, run: LoadRun) -> Measurement:
        return self._run_wrk(setup.whole, run, run.seconds, {"BENCH_FIRST_NUMBER": str(run.first_number())})

    def _body(self, run: LoadRun) -> Path:
        return run.body_file(f"{self._body_bytes}.{self._model}", make_body(self._body_bytes, self._model))

    def _run_wrk(self, front: Front, run: LoadRun, seconds: float, environment: dict[str, str]) -> Measurement:
        cores = run.share_out_cores(front, self._pinned)
        command = ["wrk", "-t1", f"-c{self._connections}", f"-d{max(1, round(seconds))}s", "-s", str(_SCRIPT),
                   f"http://{front.address}/v1/messages"]
        meter = CpuMeter(front)
        output = subprocess.run(command, env={**os.environ, "BENCH_BODY": str(self._body(run)), **environment},
                                preexec_fn=lambda: os.sched_setaffinity(0, cores), capture_output=True, text=True,
                                timeout=seconds + 30, check=False)
        summary = [line for line in output.stdout.splitlines() if line.startswith("{")]
        if not summary:
            return Measurement(errors=[f"wrk: {output.stdout[-500:]}{output.stderr[-500:]}"])
        result = json.loads(summary[-1])
        errors = [f"{result[kind]} x {kind}" for kind in ("not_200", "connect", "read", "write", "timeout") if result[kind]]
        if not result["requests"]:
            return Measurement(errors=errors or ["no request was answered"])
        measurement = Measurement(rate=result["requests"] / result["seconds"], errors=errors)
        meter.fill(measurement, result["requests"])
        if self._connections == 1:
            measurement.p50_us, measurement.p99_us = result["p50_us"], result["p99_us"]
        return measurement


class CacheHits(WholeAnswers):
    """The same request over and over, at a gateway that keeps answers. Runs half as long."""

    def run(self, setup: Setup, run: LoadRun) -> Measurement:
        front = setup.cached or setup.whole
        if setup.cached and not self._is_stored(front.address, self._body(run)):
            return Measurement(errors=["the answer is not stored"])
        return self._run_wrk(front, run, run.seconds / 2, {})

    @staticmethod
    def _is_stored(address: str, body: Path) -> bool:
        """Asks until a stored answer comes."""
        request = urllib.request.Request(f"http://{address}/v1/messages", body.read_bytes(), HEADERS)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with urllib.request.urlopen(request, timeout=10) as response:
                if response.headers["x-balancer-cache"] == "hit":
                    return True
        return False


class FixedRate:
    """So many requests a second, whether they are answered in time or not (bench-rate-client)."""

    def __init__(self, key: str, name: str, setups: tuple[str, ...], rate: int):
        self.key, self.name, self.setups, self.in_smoke = key, name, setups, True
        self._rate = rate

    def run(self, setup: Setup, run: LoadRun) -> Measurement:
        cores = run.share_out_cores(setup.whole, pinned=False)
        command = [str(run.bin_folder / "bench-rate-client"), "--connect", setup.whole.address, "--body",
                   str(run.body_file("rate", make_body(2048))), "--rate", str(self._rate), "--seconds", str(run.seconds),
                   "--first-number", str(run.first_number())]
        meter = CpuMeter(setup.whole)
        output = subprocess.run(command, preexec_fn=lambda: os.sched_setaffinity(0, cores), capture_output=True, text=True,
                                timeout=run.seconds + 30, check=False)
        if output.returncode != 0:
            return Measurement(errors=[output.stderr[-500:]])
        result = json.loads(output.stdout)
        if result["errors"] or not result["requests"]:
            return Measurement(errors=[f"{result['errors']} x {result['first_error']}"])
        measurement = Measurement(rate=result["requests"] / result["seconds"], p50_us=result["p50_us"],
                                  p99_us=result["p99_us"])
        meter.fill(measurement, result["requests"])
        return measurement
