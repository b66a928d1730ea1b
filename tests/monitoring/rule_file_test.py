#!/usr/bin/env python3
"""No rule and no case of a test is overlooked: what the reader does not understand is an error."""
import unittest

from rule_file import Rule, cases_in, rules_in

RULES = """\
# What is looked at.
groups:
  - name: some
    rules:
      - record: balancer:a:sum
        expr: sum(a)

      - alert: BalancerIsDown
        expr: >-
          up{job="a"} == 0
          or absent(b)
        for: 2m
        labels: { severity: critical }
        annotations:
          summary: "{{ $labels.job }} says \\"no\\""
          description: "Look at it."
"""
CASES = """\
tests:
  - alert_rule_test:
      - alertname: A
        eval_time: 1m
        exp_alerts:
          - exp_labels: { severity: info }
      - alertname: A
        eval_time: 2m
        exp_alerts: []
"""


class RuleFileTest(unittest.TestCase):
    def test_reads_recorded_series_and_alerts(self):
        self.assertEqual(rules_in(RULES), [
            Rule("record", "balancer:a:sum", "sum(a)"),
            Rule("alert", "BalancerIsDown", 'up{job="a"} == 0 or absent(b)', "2m", "{ severity: critical }",
                 '{{ $labels.job }} says "no"', "Look at it.")])
        self.assertEqual(rules_in(RULES)[1].severity, "critical")

    def test_refuses_other_lines(self):
        for line in ("keep_firing_for: 5m", "expression: 1", "- alert: {}", "expr:", "expr: |"):
            with self.assertRaises(ValueError, msg=line):
                rules_in(RULES + "        " + line)

    def test_tells_cases_that_fire_from_those_that_do_not(self):
        self.assertEqual(cases_in(CASES), [("A", True), ("A", False)])

    def test_refuses_a_case_that_expects_nothing_in_particular(self):
        with self.assertRaises(ValueError):
            cases_in("- alertname: A\n  eval_time: 1m\n")


if __name__ == "__main__":
    unittest.main()
