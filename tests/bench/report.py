"""The figures of a load run as a Markdown table: medians over the rounds, ratios to nginx."""
from statistics import median

from workloads import Measurement

# workload -> set-up -> one measurement a round
Results = dict[str, dict[str, list[Measurement]]]


def _middle(rounds: list[Measurement], what: str) -> float:
    return median(getattr(measurement, what) for measurement in rounds)


def _ratio(value: float, nginx: float | None) -> str:
    return f"{value / nginx:.2f} x" if nginx else "-"


def _row(setup: str, rounds: list[Measurement], nginx: list[Measurement] | None,
         direct: list[Measurement] | None) -> str:
    rate, cpu = _middle(rounds, "rate"), _middle(rounds, "cpu_us")
    cells = [
        setup,
        _ratio(rate, nginx and _middle(nginx, "rate")),
        _ratio(cpu, nginx and _middle(nginx, "cpu_us")),
        f"{rate:,.0f}", f"{cpu:.2f}",
    ]
    for percentile in ("p50_us", "p99_us"):
        if not direct or setup == "direct" or not _middle(rounds, percentile):
            cells.append("")
            continue
        added = _middle(rounds, percentile) - _middle(direct, percentile)
        cells.append(f"{added:+.0f}")
    return "| " + " | ".join(cells) + " |"


def markdown(results: Results) -> str:
    lines = []
    for workload, setups in results.items():
        lines += [
            f"**{workload}**", "",
            "| set-up | rate / nginx | CPU / nginx | per second | CPU us each | added p50 us | added p99 us |",
            "|---|---|---|---|---|---|---|",
        ]
        for setup, rounds in setups.items():
            lines.append(_row(setup, rounds, setups.get("nginx"), setups.get("direct")))
        lines.append("")
    return "\n".join(lines)
