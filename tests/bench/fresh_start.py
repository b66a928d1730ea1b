"""What only fresh processes show: how long a start takes, and how much memory they have."""
import http.client
import json
import subprocess
import tempfile
import time
from pathlib import Path

from claude_code_body import make_body
from measurement import LoadRun, Measurement
from processes import StartError
from setups import Front, Setup, start_fresh_front
from streams import stream_model
from whole_answers import HEADERS


class FreshStart:
    """Starts the set-up's programs anew, asks once, then opens slow streams and looks once each has spoken a few times."""

    def __init__(self, key: str, name: str, setups: tuple[str, ...], streams: int):
        self.key, self.name, self.setups, self.in_smoke = key, name, setups, True
        self._streams = streams

    def run(self, setup: Setup, run: LoadRun) -> Measurement:
        directory = Path(tempfile.mkdtemp(prefix=f"fresh-{setup.name}-", dir=run.directory))
        measurement = Measurement()
        spawned = time.monotonic()
        front = start_fresh_front(setup.name, run.bin_folder, run.provider, directory)
        try:
            _ask(front, make_body(2048))
            measurement.start_ms = (time.monotonic() - spawned) * 1e3
            measurement.idle_mb = front.proxy.resident_bytes() / 1e6
            if front.control_plane:
                measurement.idle_control_mb = front.control_plane.resident_bytes() / 1e6
            # So that what the first stream alone costs is not divided among all.
            _ask(front, make_body(2048, stream_model("claude-bench", 5, 0), stream=True))
            measurement.stream_kb = self._memory_a_stream(front, run)
        except StartError as error:
            measurement.errors.append(str(error))
        finally:
            front.stop()
        return measurement

    def _memory_a_stream(self, front: Front, run: LoadRun) -> float:
        run.share_out_cores(front, pinned=False)
        streams, pace_us = (50, 20_000) if run.smoke else (self._streams, 500_000)
        body = run.body_file("slow", make_body(2048, stream_model("claude-bench", 1000, pace_us), stream=True))
        command = [str(run.bin_folder / "bench-sse-client"), "--connect", front.address, "--body", str(body), "--streams",
                   str(streams), "--seconds", "20", "--spread-us", str(pace_us // streams), "--announce-at", "6",
                   "--first-number", str(run.first_number())]
        before = front.proxy.resident_bytes()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            try:
                said = json.loads(client.stdout.readline() or "{}")
                if said.get("event") != "open":
                    raise StartError(f"the streams did not open: {said}")
                return (front.proxy.resident_bytes() - before) / streams / 1e3
            finally:
                client.terminate()


def _ask(front: Front, body: bytes) -> None:
    host, port = front.address.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("POST", "/v1/messages", body, HEADERS)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise StartError(f"the first request was answered with {answer.status}")
