"""The machine that a load run runs on: what to say of it, and how its cores are shared out."""
import os
import platform
from pathlib import Path

ALL_CORES = os.sched_getaffinity(0)
# The proxy has one core for itself; its clients and the provider have the other ones.
PROXY_CORES = {max(ALL_CORES)}
LOAD_CORES = ALL_CORES - PROXY_CORES or ALL_CORES


def describe() -> str:
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    load = Path("/proc/loadavg").read_text().split()[0]
    return (f"{model}, {len(ALL_CORES)} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}; "
            f"load average before the run: {load}")
