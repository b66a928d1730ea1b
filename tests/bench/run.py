#!/usr/bin/env python3
"""Load run: what the gateway costs beside nginx as a plain reverse proxy, on this machine, in the same run.

    tests/bench/run.py [--bin build/release/bin] [--rounds 3] [--seconds 2] [--setups nginx,split] [--workloads 2k,sse]

Rounds alternate between the set-ups, one worker thread each, loopback only. Prints Markdown tables: what is aimed at
first. Exit code 1 if any request failed, 77 if wrk or nginx is missing.
"""
import argparse
import resource
import shutil
import sys
import tempfile
from pathlib import Path

import machine
import report
import targets
from measurement import LoadRun
from processes import StartError
from setups import Setup, start_direct, start_setup
from workloads import WORKLOADS

_SKIPPED = 77
_ROOT = Path(__file__).resolve().parents[2]


def arguments() -> argparse.Namespace:
    keys = [workload.key for workload in WORKLOADS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=_ROOT / "build/release/bin", help="folder of the programs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="length of one measurement (wrk: whole seconds)")
    parser.add_argument("--setups", default="direct,nginx,standalone,split,snapshot,unshared")
    parser.add_argument("--workloads", default=",".join(keys), help="default: all of %(default)s")
    parser.add_argument("--smoke", action="store_true", help="one short round; only tells whether everything answers")
    chosen = parser.parse_args()
    chosen.bin = chosen.bin.resolve()
    chosen.workloads = chosen.workloads.split(",")
    unknown = set(chosen.workloads) - set(keys)
    if unknown:
        parser.error(f"no workload is called {' or '.join(sorted(unknown))}; there are {', '.join(keys)}")
    if chosen.smoke:
        chosen.rounds, chosen.seconds = 1, 0.5
    return chosen


def measure(setups: list[Setup], run: LoadRun, chosen: argparse.Namespace) -> tuple[report.Results, list[str]]:
    results: report.Results = {}
    failures = []
    workloads = [each for each in WORKLOADS if each.key in chosen.workloads and (each.in_smoke or not run.smoke)]
    by_name: dict[str, Setup | None] = {setup.name: setup for setup in setups} | {"in process": None}
    for number in range(chosen.rounds):
        for workload in workloads:
            for name in workload.setups:
                if name not in by_name:
                    continue
                measurement = workload.run(by_name[name], run)
                results.setdefault(workload, {}).setdefault(name, []).append(measurement)
                failures += [f"round {number + 1}, {workload.name}, {name}: {error}" for error in measurement.errors]
                print(f"round {number + 1}/{chosen.rounds}  {workload.key:14}  {name:10}  {measurement.summary()}",
                      file=sys.stderr)
    return results, failures


def main() -> int:
    chosen = arguments()
    missing = [tool for tool in ("wrk", "nginx") if not shutil.which(tool, path="/usr/bin:/usr/sbin:/usr/local/bin")]
    if missing:
        print(f"SKIPPED: {' and '.join(missing)} not installed (deploy/install_dependencies.sh test)")
        return _SKIPPED
    described = machine.describe()
    # A thousand streams are two thousand sockets of a proxy.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    started: list[Setup] = []
    with tempfile.TemporaryDirectory(prefix="balancer-bench-") as scratch:
        directory = Path(scratch)
        try:
            # The mock provider always comes up.
            direct = start_direct(chosen.bin, directory)
            started.append(direct)
            for name in chosen.setups.split(","):
                if name != "direct":
                    started.append(start_setup(name, chosen.bin, direct.whole.address, directory / name))
            run = LoadRun(chosen.bin, directory, chosen.seconds, chosen.smoke, direct.whole.proxy, direct.whole.address)
            wanted = [setup for setup in started if setup.name in chosen.setups.split(",")]
            results, failures = measure(wanted, run, chosen)
        except (StartError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        finally:
            for setup in reversed(started):
                setup.stop()
    print(f"{described}; {chosen.rounds} rounds of {chosen.seconds:g} s\n")
    print(targets.markdown(results))
    print(report.markdown(results))
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
