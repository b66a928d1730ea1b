"""What is aimed at, and how near a load run came: the report's first table."""
import dataclasses
from collections.abc import Callable

from measurement import Measurement
from report import Results, by_round, middle, middle_of_pairs, ratio

# workload's key -> set-up -> one measurement a round
Keyed = dict[str, dict[str, list[Measurement]]]


@dataclasses.dataclass
class Target:
    what: str
    limit: float
    unit: str
    measure: Callable[[Keyed], float | None]
    at_least: bool = False
    digits: int = 2
    # What stands beside it for whoever wants to compare; not judged.
    beside: tuple[tuple[str, Callable[[Keyed], float | None]], ...] = ()

    def row(self, results: Keyed) -> str:
        """Empty if it was not measured."""
        value = self.measure(results)
        if value is None:
            return ""
        target = f"{'>=' if self.at_least else '<='} {self.limit:g} {self.unit}"
        met = value >= self.limit if self.at_least else value <= self.limit
        others = [(label, measure(results)) for label, measure in self.beside]
        notes = ", ".join(f"{label} {self._written(other)}" for label, other in others if other is not None)
        measured = f"**{self._written(value)} {self.unit}**" + (f" ({notes})" if notes else "")
        return f"| {self.what} | {target} | {measured} | {'yes' if met else 'no'} |"

    def _written(self, value: float) -> str:
        return f"{value:.{self.digits}f}"


def _figure(workload: str, setup: str, field: str) -> Callable[[Keyed], float | None]:
    return lambda results: middle(by_round(results.get(workload, {}), setup, field))


def _against(workload: str, setup: str, field: str, combine, other: str = "nginx") -> Callable[[Keyed], float | None]:
    def measure(results: Keyed) -> float | None:
        setups = results.get(workload, {})
        return middle_of_pairs(by_round(setups, setup, field), by_round(setups, other, field), combine)
    return measure


def _cpu(workload: str, setup: str) -> Callable[[Keyed], float | None]:
    return _against(workload, setup, "cpu_us", ratio)


def _cpu_with_control_plane(workload: str) -> Callable[[Keyed], float | None]:
    def measure(results: Keyed) -> float | None:
        setups = results.get(workload, {})
        own, control, nginx = (by_round(setups, *which) for which in
                               (("split", "cpu_us"), ("split", "control_cpu_us"), ("nginx", "cpu_us")))
        sums = [None if None in pair else sum(pair) for pair in zip(own, control)]
        return middle_of_pairs(sums, nginx, ratio)
    return measure


def _more(workload: str, setup: str, field: str, other: str = "nginx") -> Callable[[Keyed], float | None]:
    return _against(workload, setup, field, lambda mine, others: mine - others, other)


def _hit_over_miss(setup: str) -> Callable[[Keyed], float | None]:
    """A hit's whole latency less what a miss adds to the provider's own."""
    def measure(results: Keyed) -> float | None:
        misses = results.get("2k-one", {})
        added = [None if None in pair else pair[0] - pair[1] for pair in
                 zip(by_round(misses, setup, "p50_us"), by_round(misses, "direct", "p50_us"))]
        hits = by_round(results.get("cache-hit", {}), setup, "p50_us")
        return middle_of_pairs(hits, added, lambda hit, miss: hit - miss)
    return measure


def _large(what: str, workload: str, limit: float) -> Target:
    return Target(what, limit, "x nginx", _cpu(workload, "split"),
                  beside=(("with the control plane's", _cpu_with_control_plane(workload)),
                          ("standalone", _cpu(workload, "standalone")), ("snapshot", _cpu(workload, "snapshot")),
                          ("unshared", _cpu(workload, "unshared"))))


TARGETS = (
    Target("pass-through, decision from the snapshot: CPU a request, 2 kB, 64 connections", 1.15, "x nginx",
           _cpu("2k", "snapshot")),
    Target("the same with one Decide a request over a Unix socket: gateway's CPU", 1.5, "x nginx", _cpu("2k", "split"),
           beside=(("with the control plane's", _cpu_with_control_plane("2k")), ("standalone", _cpu("2k", "standalone")),
                   ("unshared", _cpu("2k", "unshared")))),
    Target("control plane's CPU a decision at load", 10, "us", _figure("2k", "split", "control_cpu_us"), digits=1),
    Target("requests/s, everything on all cores, 64 connections", 0.55, "x nginx",
           _against("2k-all-cores", "split", "rate", ratio), at_least=True,
           beside=(("standalone", _against("2k-all-cores", "standalone", "rate", ratio)),)),
    Target("p50 at 1 connection over nginx's, without Decide", 30, "us", _more("2k-one", "snapshot", "p50_us"), digits=0),
    Target("the same with Decide", 200, "us", _more("2k-one", "split", "p50_us"), digits=0,
           beside=(("standalone", _more("2k-one", "standalone", "p50_us")),)),
    Target("p99 at 2,000 requests/s over nginx's", 350, "us", _more("rate", "split", "p99_us"), digits=0,
           beside=(("standalone", _more("rate", "standalone", "p99_us")), ("snapshot", _more("rate", "snapshot", "p99_us")),
                   ("nginx's over direct", _more("rate", "nginx", "p99_us", "direct")))),
    _large("120 kB, model spliced: gateway's CPU a request", "120k-spliced", 1.5),
    _large("120 kB, converted for an OpenAI provider: gateway's CPU a request", "120k-converted", 2.5),
    Target("500 kB body: gateway's own work, without signature", 300, "us",
           _figure("body-500k", "in process", "plain_us"), digits=0),
    Target("500 kB body: gateway's own work, with signature", 700, "us",
           _figure("body-500k", "in process", "signed_us"), digits=0),
    _large("SSE, 10,000 events/s in 100 streams: gateway's CPU an event", "sse", 1.15),
    _large("the same, converted", "sse-converted", 1.3),
    Target("1,000 open slow streams: gateway's memory a stream over idle", 14, "kB", _figure("fresh", "split", "stream_kb"),
           digits=1, beside=(("standalone", _figure("fresh", "standalone", "stream_kb")),
                             ("nginx", _figure("fresh", "nginx", "stream_kb")))),
    Target("idle memory: gateway", 20, "MB", _figure("fresh", "split", "idle_mb"), digits=1,
           beside=(("standalone, both in one", _figure("fresh", "standalone", "idle_mb")),)),
    Target("idle memory: control plane", 25, "MB", _figure("fresh", "split", "idle_control_mb"), digits=1),
    Target("cache hit at 1 connection: p50 less what a miss adds to the provider's", 50, "us", _hit_over_miss("split"),
           digits=0, beside=(("standalone", _hit_over_miss("standalone")),)),
    Target("start to first served request, standalone", 150, "ms", _figure("fresh", "standalone", "start_ms"), digits=0),
)


def markdown(results: Results) -> str:
    keyed = {workload.key: setups for workload, setups in results.items()}
    rows = [row for each in TARGETS if (row := each.row(keyed))]
    return "\n".join(["| what | target | measured | met |", "|---|---|---|---|", *rows, ""])
