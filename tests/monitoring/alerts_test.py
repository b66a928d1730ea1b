#!/usr/bin/env python3
"""Every alert says how bad it is and what to do, and is tested both ways: alerts_test.py ROOT"""
import re
import sys
import unittest
from pathlib import Path

from rule_file import cases, rules

ROOT = Path(sys.argv.pop(1) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
ALERTS = [rule for rule in rules(ROOT) if rule.kind == "alert"]


def command_words() -> set[str]:
    """The string literals of balancerctl: its verbs and nouns are among them."""
    return {word for source in (ROOT / "controlplane/cli").rglob("*.cpp")
            for word in re.findall(r'"([a-z_-]+)"', source.read_text(encoding="utf-8"))}


class AlertsTest(unittest.TestCase):
    def test_names_are_unique(self):
        names = [alert.name for alert in ALERTS]
        self.assertGreater(len(names), 10)
        self.assertEqual(len(names), len(set(names)))

    def test_each_says_how_bad_it_is(self):
        for alert in ALERTS:
            with self.subTest(alert.name):
                self.assertIn(alert.severity, {"critical", "warning", "info"})
                self.assertTrue(alert.summary)

    def test_each_says_what_to_do(self):
        for alert in ALERTS:
            with self.subTest(alert.name):
                self.assertGreater(len(alert.description), 60)

    def test_the_commands_that_they_name_exist(self):
        known = command_words()
        named = [command for alert in ALERTS for command in re.findall(r"`balancerctl ([^`]+)`", alert.description)]
        self.assertGreater(len(named), 20)
        for command in named:
            verb, *rest = [word for word in command.split() if re.fullmatch(r"[a-z]+", word)]
            self.assertIn(verb, known, command)
            if verb in ("get", "describe", "config"):
                self.assertIn(rest[0], known, command)

    def test_each_is_seen_to_fire_and_not_to_fire(self):
        names = {alert.name for alert in ALERTS}
        self.assertEqual({alert for alert, fires in cases(ROOT) if fires}, names)
        self.assertEqual({alert for alert, fires in cases(ROOT) if not fires}, names)


if __name__ == "__main__":
    unittest.main()
