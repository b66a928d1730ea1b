#!/usr/bin/env python3
"""Every expression of the rules and of the dashboard asks for what the programs export: expressions_test.py ROOT"""
import re
import sys
import unittest
from pathlib import Path

from dashboard import dashboard
from exported_metrics import exported_metrics
from expression_problems import problems_of, shown_label_problems
from promql import read
from rule_file import rules

ROOT = Path(sys.argv.pop(1) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
RULES = rules(ROOT)
DASHBOARD = dashboard(ROOT)
METRICS = exported_metrics(ROOT, [rule for rule in RULES if rule.kind == "record"])

# Metrics that neither an alert nor a panel needs, and why.
UNSHOWN = {
    "process_threads": "--threads fixes it",
    "process_virtual_memory_bytes": "address space says little; resident memory is shown",
}


def expressions() -> list[tuple[str, str]]:
    return [(rule.name, rule.expr) for rule in RULES] + [(query.title, query.expr) for query in DASHBOARD.queries()]


class ExpressionsTest(unittest.TestCase):
    def test_each_names_metrics_labels_and_values_that_there_are(self):
        self.assertGreater(len(expressions()), 50)
        for name, expression in expressions():
            with self.subTest(name):
                self.assertEqual(problems_of(expression, METRICS), [], expression)

    def test_alerts_speak_of_labels_that_their_results_have(self):
        for rule in RULES:
            labels = set(re.findall(r"\$labels\.(\w+)", rule.summary + rule.description))
            with self.subTest(rule.name):
                self.assertEqual(shown_label_problems(rule.expr, labels, METRICS), [])

    def test_legends_speak_of_labels_that_their_results_have(self):
        for query in DASHBOARD.queries():
            with self.subTest(query.title):
                labels = set(re.findall(r"\{\{(\w+)\}\}", query.legend))
                self.assertEqual(shown_label_problems(query.expr, labels, METRICS), [])

    def test_variables_list_labels_that_there_are(self):
        for metric, label in DASHBOARD.variable_queries():
            self.assertIn(metric, METRICS.series)
            self.assertIn(label, METRICS.series[metric].labels)

    def test_every_exported_metric_is_looked_at(self):
        named = {selector.metric for _, expression in expressions() for selector in read(expression).selectors}
        looked_at = {METRICS.series[metric].family for metric in named if metric in METRICS.series}
        self.assertEqual(METRICS.families - looked_at, set(UNSHOWN))

    def test_every_recorded_series_says_its_level_metric_and_operation(self):
        for rule in RULES:
            if rule.kind == "record":
                self.assertRegex(rule.name, r"^[a-z_]+:[a-z_]+:[a-z_]*\d*[a-z0-9_]+$")


if __name__ == "__main__":
    unittest.main()
