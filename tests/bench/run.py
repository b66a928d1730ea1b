#!/usr/bin/env python3
"""Load run: what the gateway costs beside nginx as a plain reverse proxy, on this machine, in the same run.

    tests/bench/run.py [--bin build/release/bin] [--rounds 3] [--seconds 2] [--setups direct,nginx,standalone,split]

Rounds alternate between the set-ups, one worker thread each, loopback only. Prints a Markdown table. Exit code 1 if
any request failed, 77 if wrk or nginx is missing.
"""
import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import report
from processes import StartError
from setups import Setup, start_direct, start_nginx, start_split, start_standalone
from workloads import WORKLOADS

_SKIPPED = 77
_ROOT = Path(__file__).resolve().parents[2]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=_ROOT / "build/release/bin", help="folder of the programs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="length of one measurement (wrk: whole seconds)")
    parser.add_argument("--setups", default="direct,nginx,standalone,split")
    parser.add_argument("--smoke", action="store_true", help="one short round; only tells whether everything answers")
    chosen = parser.parse_args()
    chosen.bin = chosen.bin.resolve()
    if chosen.smoke:
        chosen.rounds, chosen.seconds = 1, 1
    return chosen


def start_all(names: list[str], bin_folder: Path, directory: Path, started: list[Setup]) -> None:
    """Appends to `started`, so that the caller can stop what came up before a failure. The mock always comes up."""
    direct = start_direct(bin_folder, directory)
    started.append(direct)
    for name in names:
        own = directory / name
        own.mkdir()
        if name == "nginx":
            started.append(start_nginx(shutil.which("nginx", path="/usr/sbin:/usr/bin"), direct.whole, own))
        elif name == "standalone":
            started.append(start_standalone(bin_folder, direct.whole, own))
        elif name == "split":
            started.append(start_split(bin_folder, direct.whole, own))
        elif name != "direct":
            raise StartError(f"no set-up is called {name}")


def measure(setups: list[Setup], chosen: argparse.Namespace, directory: Path) -> tuple[report.Results, list[str]]:
    results: report.Results = {workload.name: {setup.name: [] for setup in setups} for workload in WORKLOADS}
    failures = []
    for number in range(chosen.rounds):
        for workload in WORKLOADS:
            for setup in setups:
                measurement = workload.run(setup, chosen.seconds, directory, chosen.bin)
                results[workload.name][setup.name].append(measurement)
                failures += [f"round {number + 1}, {workload.name}, {setup.name}: {error}" for error in measurement.errors]
                print(f"round {number + 1}/{chosen.rounds}  {workload.name:32}  {setup.name:10}  "
                      f"{measurement.rate:10,.0f}/s  {measurement.cpu_us:8.2f} us CPU", file=sys.stderr)
    return results, failures


def main() -> int:
    chosen = arguments()
    missing = [tool for tool in ("wrk", "nginx") if not shutil.which(tool, path="/usr/bin:/usr/sbin:/usr/local/bin")]
    if missing:
        print(f"SKIPPED: {' and '.join(missing)} not installed (deploy/install_dependencies.sh test)")
        return _SKIPPED
    started: list[Setup] = []
    with tempfile.TemporaryDirectory(prefix="balancer-bench-") as scratch:
        try:
            start_all(chosen.setups.split(","), chosen.bin, Path(scratch), started)
            results, failures = measure(started, chosen, Path(scratch))
        except (StartError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        finally:
            for setup in reversed(started):
                setup.stop()
    print(report.markdown(results))
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
