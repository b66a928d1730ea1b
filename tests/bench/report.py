"""The figures of a load run, workload by workload: medians over the rounds, as Markdown tables."""
from statistics import median

from measurement import Measurement

# workload -> set-up -> one measurement a round
Results = dict[object, dict[str, list[Measurement]]]

# heading, field, decimals
_FIGURES = (
    ("per second", "rate", 0),
    ("CPU us each", "cpu_us", 2),
    ("control plane's CPU us", "control_cpu_us", 2),
    ("p50 us", "p50_us", 0),
    ("p99 us", "p99_us", 0),
    ("first answer ms", "start_ms", 0),
    ("idle MB", "idle_mb", 1),
    ("control plane's idle MB", "idle_control_mb", 1),
    ("kB a stream", "stream_kb", 1),
    ("us", "plain_us", 0),
    ("us with signature", "signed_us", 0),
)
# heading, field
_RATIOS = (("rate / nginx", "rate"), ("CPU / nginx", "cpu_us"))
_ADDED = (("added p50 us", "p50_us"), ("added p99 us", "p99_us"))


def by_round(setups: dict[str, list[Measurement]], setup: str, field: str) -> list[float | None]:
    return [getattr(measurement, field) for measurement in setups.get(setup, [])]


def middle(values: list[float | None]) -> float | None:
    """None if there is no value; a round that failed is left out."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def middle_of_pairs(values: list[float | None], others: list[float | None], combine) -> float | None:
    """Compares within each round, where the two ran one soon after the other."""
    return middle([None if a is None or b is None else combine(a, b) for a, b in zip(values, others)])


def ratio(value: float, other: float) -> float | None:
    return value / other if other else None


def _table(setups: dict[str, list[Measurement]]) -> list[str]:
    figures = [each for each in _FIGURES if any(middle(by_round(setups, name, each[1])) is not None for name in setups)]
    fields = [field for _, field, _ in figures]
    ratios = [each for each in _RATIOS if each[1] in fields and "nginx" in setups]
    added = [each for each in _ADDED if each[1] in fields and "direct" in setups]
    headings = ["set-up", *(each[0] for each in (*ratios, *figures, *added))]
    lines = ["| " + " | ".join(headings) + " |", "|---" * len(headings) + "|"]
    for name in setups:
        cells = [name]
        for _, field in ratios:
            value = middle_of_pairs(by_round(setups, name, field), by_round(setups, "nginx", field), ratio)
            cells.append("" if value is None else f"{value:.2f} x")
        for _, field, decimals in figures:
            value = middle(by_round(setups, name, field))
            cells.append("" if value is None else f"{value:,.{decimals}f}")
        for _, field in added:
            value = middle_of_pairs(by_round(setups, name, field), by_round(setups, "direct", field),
                                    lambda mine, direct: mine - direct)
            cells.append("" if value is None or name == "direct" else f"{value:+.0f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def markdown(results: Results) -> str:
    lines = []
    for workload, setups in results.items():
        lines += [f"**{workload.name}** (`{workload.key}`)", "", *_table(setups), ""]
    return "\n".join(lines)
