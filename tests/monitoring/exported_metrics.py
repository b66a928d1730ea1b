"""What Prometheus knows of a balancer: the golden metrics, what is recorded of them, and what it adds by itself."""
import re
from dataclasses import dataclass
from pathlib import Path

from promql import read
from rule_file import Rule

# The last one is of metrics that there are where TLS is.
GOLDEN_FILES = ("gateway_metrics.txt", "controlplane_metrics.txt", "tls_metrics.txt")
HISTOGRAM_SUFFIXES = ("_bucket", "_sum", "_count")
# Added by Prometheus to everything that it scrapes.
TARGET_LABELS = {"job", "instance"}
# Labels whose values the programs write down as string literals.
ENUMERATED_LABELS = {"outcome", "state", "reason", "type", "result", "endpoint", "error_type", "gen_ai_token_type"}


@dataclass
class Series:
    # counter (histograms' series are counters) or gauge.
    kind: str
    labels: set[str]
    # The metric that it belongs to.
    family: str


class ExportedMetrics:
    def __init__(self, golden_lines: list[str], recorded: list[Rule], words: set[str], jobs: set[str]) -> None:
        """`words` are the string literals of the programs, `jobs` the names that a scrape configuration gives them."""
        self.series: dict[str, Series] = {
            "up": Series("gauge", set(TARGET_LABELS), "up"),
            "ALERTS": Series("gauge", {"alertname", "alertstate", "severity"}, "ALERTS"),
        }
        self.families: set[str] = set()
        self.words = words
        self.jobs = jobs
        for line in golden_lines:
            name, kind, *labels = line.split(" ")
            known = set(labels[0].split(",")) if labels else set()
            self.families.add(name)
            if kind == "histogram":
                for suffix in HISTOGRAM_SUFFIXES:
                    bounds = {"le"} if suffix == "_bucket" else set()
                    self.series[name + suffix] = Series("counter", known | bounds | TARGET_LABELS, name)
            else:
                self.series[name] = Series(kind, known | TARGET_LABELS, name)
        for rule in recorded:
            self.series[rule.name] = Series("gauge", read(rule.expr).kept_labels() or set(), rule.name)


def golden_lines(root: Path) -> list[str]:
    return [line for file in GOLDEN_FILES
            for line in (root / "tests/golden" / file).read_text(encoding="utf-8").splitlines() if line]


def program_words(root: Path) -> set[str]:
    """The string literals of both programs that look like label values."""
    words: set[str] = set()
    for folder in ("common", "gateway", "controlplane"):
        for source in (root / folder).rglob("*.[ch]pp"):
            words.update(re.findall(r'"([a-z_]+)"', source.read_text(encoding="utf-8")))
    return words


def scrape_jobs(root: Path) -> set[str]:
    """Job names of the scrape configuration, those of its commented variants included."""
    text = (root / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8")
    return set(re.findall(r"job_name: ([\w-]+)$", text, re.MULTILINE))


def exported_metrics(root: Path, recorded: list[Rule]) -> ExportedMetrics:
    return ExportedMetrics(golden_lines(root), recorded, program_words(root), scrape_jobs(root))
