"""Workloads of SSE streams."""
import json
import math
import os
import subprocess

from claude_code_body import make_body
from measurement import CpuMeter, LoadRun, Measurement
from setups import CONVERTED_MODEL, Setup

# message_start, content_block_start, ping; content_block_stop, message_delta, message_stop
_FRAMING_EVENTS = 6
# The provider of the converted ones sends no ping.
_CONVERTED_FRAMING_EVENTS = 5


def stream_model(model: str, events: int, pace_us: int) -> str:
    """A name that tells the mock provider what to send."""
    return f"{model} events={events} pace_us={pace_us}"


class Streams:
    """SSE streams side by side, none of them another one's. With a pace each event arrives alone, evenly spread over all
    streams; without, every event is sent as soon as the one before it has left."""

    def __init__(self, key: str, name: str, setups: tuple[str, ...], streams: int, events: int, pace_us: int, *,
                 model: str = "claude-bench", pinned: bool = True):
        self.key, self.name, self.setups, self.in_smoke = key, name, setups, True
        self._streams = streams
        self._events = events
        self._pace_us = pace_us
        self._model = model
        self._pinned = pinned

    def run(self, setup: Setup, run: LoadRun) -> Measurement:
        measurement, _ = self._read_streams(setup, run, run.seconds, ["--spread-us", str(self._pace_us // self._streams)])
        return measurement

    def _read_streams(self, setup: Setup, run: LoadRun, seconds: float, more: list[str]) -> tuple[Measurement, dict]:
        """What the client printed, too; empty if it failed."""
        cores = run.share_out_cores(setup.stream, self._pinned)
        body = run.body_file(self.key, make_body(2048, stream_model(self._model, self._events, self._pace_us), stream=True))
        converted = self._model == CONVERTED_MODEL and setup.name not in ("direct", "nginx")
        expected = self._events + (_CONVERTED_FRAMING_EVENTS if converted else _FRAMING_EVENTS)
        command = [str(run.bin_folder / "bench-sse-client"), "--connect", setup.stream.address, "--body", str(body),
                   "--streams", str(self._streams), "--seconds", str(seconds), "--expect-events", str(expected),
                   "--first-number", str(run.first_number()), *more]
        meter = CpuMeter(setup.stream)
        output = subprocess.run(command, preexec_fn=lambda: os.sched_setaffinity(0, cores), capture_output=True, text=True,
                                timeout=seconds + 30, check=False)
        if output.returncode != 0:
            return Measurement(errors=[output.stderr[-500:]]), {}
        result = json.loads(output.stdout)
        errors = [f"{result['errors']} x {result['first_error']}"] if result["errors"] else []
        if not result["streams"]:
            return Measurement(errors=errors or ["no stream was completed"]), {}
        measurement = Measurement(rate=result["events"] / result["seconds"], errors=errors)
        meter.fill(measurement, result["events"])
        return measurement, result


class JoinedStreams(Streams):
    """SSE streams of clients that all ask the same at the same time; the latency is the time to a stream's first byte.
    Runs half as long."""

    def run(self, setup: Setup, run: LoadRun) -> Measurement:
        measurement, result = self._read_streams(setup, run, run.seconds / 2, ["--together"])
        if not result:
            return measurement
        measurement.p50_us, measurement.p99_us = result["first_byte_p50_us"], result["first_byte_p99_us"]
        asked_upstream = result["streams"] - result["joined"]
        rounds = math.ceil(result["streams"] / self._streams)
        if setup.shares and asked_upstream > rounds:
            measurement.errors.append(f"{asked_upstream} upstream calls in {rounds} rounds")
        return measurement
