#!/usr/bin/env python3
"""The dashboard can be read: nothing overlaps, everything says what it is and in which unit. dashboard_test.py ROOT"""
import re
import sys
import unittest
from pathlib import Path

from dashboard import VARIABLES, dashboard

ROOT = Path(sys.argv.pop(1) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
DASHBOARD = dashboard(ROOT)
COLUMNS = 24


class DashboardTest(unittest.TestCase):
    def test_every_panel_has_an_id_of_its_own(self):
        ids = [panel["id"] for panel in DASHBOARD.panels]
        self.assertGreater(len(ids), 20)
        self.assertEqual(len(ids), len(set(ids)))

    def test_no_two_panels_have_the_same_title(self):
        titles = [panel["title"] for panel in DASHBOARD.panels]
        self.assertEqual(len(titles), len(set(titles)))

    def test_every_panel_says_what_it_shows_and_in_which_unit(self):
        for panel in DASHBOARD.charts:
            with self.subTest(panel["title"]):
                self.assertTrue(panel["description"])
                self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
                self.assertTrue(panel["targets"])

    def test_every_query_goes_to_the_data_source_that_was_chosen(self):
        for panel in DASHBOARD.charts:
            for asker in [panel, *panel["targets"]]:
                self.assertEqual(asker["datasource"], {"type": "prometheus", "uid": "${datasource}"}, panel["title"])

    def test_no_two_panels_overlap(self):
        taken: dict[tuple[int, int], str] = {}
        for panel in DASHBOARD.panels:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], COLUMNS, panel["title"])
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertNotIn((x, y), taken, panel["title"])
                    taken[x, y] = panel["title"]

    def test_every_variable_is_defined_and_used(self):
        text = " ".join(target["expr"] for panel in DASHBOARD.charts for target in panel["targets"])
        used = set(re.findall(r"\$\w+", text)) - {"$__rate_interval", "$__range"}
        defined = {"$" + variable["name"] for variable in DASHBOARD.variables} - {"$datasource"}
        self.assertEqual(used, defined)
        self.assertLessEqual(used, set(VARIABLES))

    def test_queries_of_one_panel_have_names_of_their_own(self):
        for panel in DASHBOARD.charts:
            names = [target["refId"] for target in panel["targets"]]
            self.assertEqual(len(names), len(set(names)), panel["title"])


if __name__ == "__main__":
    unittest.main()
