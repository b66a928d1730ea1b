"""Starts the programs of a load run, knows what they cost, and stops exactly those."""
import json
import os
import subprocess
import time
from pathlib import Path


class StartError(Exception):
    """A program did not come up; the message says which and why."""


class Server:
    """One child process that serves. Its CPU time includes its worker processes (nginx has them)."""

    def __init__(self, command: list[str], directory: Path, environment: dict[str, str] | None = None):
        self.name = Path(command[0]).name
        self._output = directory / f"{self.name}.{time.monotonic_ns()}.out"
        self._errors = self._output.with_suffix(".err")
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(command, stdout=output, stderr=errors, cwd=directory,
                                             env={**os.environ, **(environment or {})})

    def listening(self, timeout: float = 20) -> dict:
        """The JSON line that the program prints once it is ready."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for line in self._output.read_text().splitlines():
                if '"event":"listening"' in line:
                    return json.loads(line)
            self.check_running()
            time.sleep(0.001)
        raise StartError(f"{self.name} printed no listening line within {timeout} s")

    def check_running(self) -> None:
        if self._process.poll() is not None:
            raise StartError(f"{self.name} ended with {self._process.returncode}: {self._errors.read_text()[-2000:]}")

    def cpu_seconds(self) -> float:
        return sum(_cpu_seconds(pid) for pid in _with_children(self._process.pid))

    def resident_bytes(self) -> int:
        return sum(_resident_bytes(pid) for pid in _with_children(self._process.pid))

    def run_on(self, cores: set[int]) -> None:
        """From now on, all threads and worker processes."""
        for pid in _with_children(self._process.pid):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                try:
                    os.sched_setaffinity(int(thread.name), cores)
                except ProcessLookupError:
                    pass  # a thread that has ended

    def stop(self) -> None:
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def _cpu_seconds(pid: int) -> float:
    """User and system time of all threads that live, to the nanosecond; to the clock tick without schedstat."""
    try:
        threads = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        if threads:
            return sum(int(fields[0]) for fields in threads) / 1e9
    except OSError:
        pass
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_bytes(pid: int) -> int:
    """Exactly: what /proc/PID/status says lags behind by some pages a thread."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    return 0
