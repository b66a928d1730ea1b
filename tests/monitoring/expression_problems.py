"""Why an expression would show nothing, or something else than it seems to: one line a problem."""
import re

from exported_metrics import ENUMERATED_LABELS, ExportedMetrics
from promql import Expression, Selector, read

OF_COUNTERS = {"rate", "irate", "increase", "resets"}
OF_GAUGES = {"delta", "deriv", "predict_linear", "avg_over_time", "max_over_time", "min_over_time", "sum_over_time"}
# A status, or a class of them.
STATUS = re.compile(r"[1-5](\d\d|\.\.|xx)|other")


def alternatives(operator: str, value: str) -> list[str]:
    return value.split("|") if operator in ("=~", "!~") else [value]


def value_problems(selector: Selector, metrics: ExportedMetrics) -> list[str]:
    problems = []
    for label, operator, value in selector.matchers:
        for word in alternatives(operator, value):
            if word == ".*":
                continue
            unknown_word = label in ENUMERATED_LABELS and word not in metrics.words
            unknown_job = label == "job" and not any(re.fullmatch(word, job) for job in metrics.jobs)
            unknown_status = label == "code" and not STATUS.fullmatch(word)
            if unknown_word or unknown_job or unknown_status:
                problems.append(f'{selector.metric} never has {label}="{word}"')
    return problems


def selector_problems(selector: Selector, metrics: ExportedMetrics) -> list[str]:
    series = metrics.series.get(selector.metric)
    if series is None:
        return [f"nothing exports {selector.metric}"]
    problems = [f"{selector.metric} has no label {label}"
                for label, _, _ in selector.matchers if label not in series.labels]
    if selector.range_function in OF_COUNTERS and series.kind != "counter":
        problems.append(f"{selector.range_function}() of the gauge {selector.metric}")
    if selector.range_function in OF_GAUGES and series.kind == "counter":
        problems.append(f"{selector.range_function}() of the counter {selector.metric}")
    return problems + value_problems(selector, metrics)


def labels_of(expression: Expression, metrics: ExportedMetrics) -> set[str]:
    """All that its selectors have."""
    known = [metrics.series[selector.metric].labels for selector in expression.selectors
             if selector.metric in metrics.series]
    return set().union(*known)


def grouping_problems(expression: Expression, metrics: ExportedMetrics) -> list[str]:
    known = labels_of(expression, metrics)
    problems = [f"nothing in it has the label {label} that it groups by"
                for _, labels in expression.groupings for label in labels if label not in known]
    if "histogram_quantile" in expression.functions and any(
            word == "by" and "le" not in labels for word, labels in expression.groupings):
        problems.append("histogram_quantile() without le")
    return problems


def problems_of(text: str, metrics: ExportedMetrics) -> list[str]:
    expression = read(text)
    problems = [problem for selector in expression.selectors for problem in selector_problems(selector, metrics)]
    return problems + grouping_problems(expression, metrics)


def shown_label_problems(text: str, labels: set[str], metrics: ExportedMetrics) -> list[str]:
    """`labels` are those that a legend or an annotation shows of the expression's result."""
    expression = read(text)
    left = expression.kept_labels()
    if left is None:
        left = labels_of(expression, metrics)
    return [f"it shows the label {label}, which its result does not have" for label in sorted(labels - left)]
