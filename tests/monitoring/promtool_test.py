#!/usr/bin/env python3
"""Prometheus's own tool accepts configuration, rules and expressions, and the alerts' tests pass: promtool_test.py ROOT

Exit status 77: skipped, for want of promtool.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from dashboard import dashboard
from rule_file import rules

SKIPPED = 77
ROOT = Path(sys.argv.pop(1) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
PROMETHEUS = ROOT / "deploy/prometheus"


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)


def check_expressions(expressions: list[str]) -> subprocess.CompletedProcess:
    """As rules of a file; JSON is YAML."""
    recorded = [{"record": f"checked:{number}", "expr": expression} for number, expression in enumerate(expressions)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "expressions.rules.yml"
        file.write_text(json.dumps({"groups": [{"name": "all", "rules": recorded}]}), encoding="utf-8")
        return promtool("check", "rules", file)


class PromtoolTest(unittest.TestCase):
    def assert_accepted(self, run: subprocess.CompletedProcess) -> None:
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_accepts_the_scrape_configuration(self):
        self.assert_accepted(promtool("check", "config", PROMETHEUS / "prometheus.yml"))

    def test_accepts_the_rules_and_finds_as_many_as_these_tests_do(self):
        checked = promtool("check", "rules", PROMETHEUS / "balancer.rules.yml")

        self.assert_accepted(checked)
        self.assertEqual(re.findall(r"(\d+) rules found", checked.stdout), [str(len(rules(ROOT)))])

    def test_alerts_fire_when_they_should_and_only_then(self):
        self.assert_accepted(promtool("test", "rules", PROMETHEUS / "balancer.rules.test.yml"))

    def test_every_expression_of_the_dashboard_parses(self):
        self.assert_accepted(check_expressions([query.expr for query in dashboard(ROOT).queries()]))

    def test_an_expression_that_does_not_parse_is_seen(self):
        self.assertNotEqual(check_expressions(["sum(up)", "sum(up"]).returncode, 0)
        self.assertNotEqual(check_expressions(["rate(up)"]).returncode, 0)


if __name__ == "__main__":
    if shutil.which("promtool") is None:
        print("skipped: promtool is not installed (Debian: prometheus)")
        sys.exit(SKIPPED)
    unittest.main()
