"""What the gateway does to a large body, apart from moving it: in process, without sockets (bench-signature)."""
import json
import subprocess

from claude_code_body import make_body
from measurement import LoadRun, Measurement
from setups import Setup

_BODY_BYTES = 500_000


class BodyWork:
    """The one workload that is asked of no set-up."""
    setups = ("in process",)
    in_smoke = True

    def __init__(self, key: str, name: str):
        self.key, self.name = key, name

    def run(self, _: Setup | None, run: LoadRun) -> Measurement:
        body = run.body_file("large", make_body(_BODY_BYTES))
        output = subprocess.run(
            [str(run.bin_folder / "bench-signature"), str(body), "--benchmark_format=json",
             "--benchmark_filter=^(scan_and_splice|session_by_beginning|signature)/",
             f"--benchmark_min_time={0.01 if run.smoke else 0.3}"],
            capture_output=True, text=True, timeout=60, check=False)
        if output.returncode != 0:
            return Measurement(errors=[output.stderr[-500:]])
        times = {each["name"].partition("/")[0]: each["cpu_time"] for each in json.loads(output.stdout)["benchmarks"]}
        plain = times["scan_and_splice"] + times["session_by_beginning"]
        return Measurement(plain_us=plain, signed_us=plain + times["signature"])
