"""What comes out of one workload at one set-up, and what goes into it."""
import dataclasses
from pathlib import Path

import machine
from processes import Server
from setups import Front


@dataclasses.dataclass
class Measurement:
    """Units are requests, or events of a stream. None is what the workload does not measure."""
    rate: float | None = None  # units a second
    cpu_us: float | None = None  # CPU microseconds a unit: of what clients talk to
    control_cpu_us: float | None = None  # and of the control plane, where it is a process of its own
    p50_us: float | None = None
    p99_us: float | None = None
    start_ms: float | None = None  # from the spawn to the first answer
    idle_mb: float | None = None  # resident after one request
    idle_control_mb: float | None = None
    stream_kb: float | None = None  # of resident memory over idle, for each open stream
    plain_us: float | None = None  # the work on one body, in process
    signed_us: float | None = None
    errors: list[str] = dataclasses.field(default_factory=list)

    def summary(self) -> str:
        figures = [(field.name, getattr(self, field.name)) for field in dataclasses.fields(self) if field.name != "errors"]
        return "  ".join(f"{name} {value:,.1f}" for name, value in figures if value is not None)


@dataclasses.dataclass
class LoadRun:
    """What all measurements of a run have in common."""
    bin_folder: Path
    directory: Path
    seconds: float  # of one measurement
    smoke: bool
    mock: Server
    provider: str  # the mock's HOST:PORT
    _first_number: int = 0

    def first_number(self) -> int:
        """For the requests of one measurement. A number that another one has used would ask for what it left behind: the
        gateway keeps an answer for a while whose client went away."""
        self._first_number += 10**9
        return self._first_number

    def body_file(self, name: str, body: bytes) -> Path:
        file = self.directory / f"body.{name}"
        file.write_bytes(body)
        return file

    def share_out_cores(self, front: Front, pinned: bool) -> set[int]:
        """Returns the client's."""
        for server in front.servers():
            server.run_on(machine.PROXY_CORES if pinned else machine.ALL_CORES)
        self.mock.run_on(machine.LOAD_CORES if pinned else machine.ALL_CORES)
        return machine.LOAD_CORES if pinned else machine.ALL_CORES


class CpuMeter:
    """CPU time of what stands behind a front, from now on."""

    def __init__(self, front: Front):
        self._front = front
        self._before = front.cpu_seconds()

    def fill(self, measurement: Measurement, units: int) -> None:
        used, control = (now - then for now, then in zip(self._front.cpu_seconds(), self._before))
        measurement.cpu_us = used * 1e6 / units
        if self._front.control_plane:
            measurement.control_cpu_us = control * 1e6 / units
