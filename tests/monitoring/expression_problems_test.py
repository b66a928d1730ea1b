#!/usr/bin/env python3
"""The check of expressions sees every kind of mistake, and lets the sound ones pass."""
import unittest

from exported_metrics import ExportedMetrics
from expression_problems import problems_of, shown_label_problems
from rule_file import Rule

METRICS = ExportedMetrics(
    ["g_requests_total counter endpoint,code", "g_open gauge", "g_wait_seconds histogram endpoint",
     "c_state gauge provider,state"],
    [Rule("record", "provider:states:sum", "sum by (provider) (c_state)")],
    words={"cooling", "messages"}, jobs={"balancer", "balancer-gateway"})


class ExpressionProblemsTest(unittest.TestCase):
    def assert_sound(self, expression: str) -> None:
        self.assertEqual(problems_of(expression, METRICS), [], expression)

    def assert_seen(self, expression: str, reason: str) -> None:
        self.assertIn(reason, "\n".join(problems_of(expression, METRICS)), expression)

    def test_accepts_what_is_exported(self):
        self.assert_sound('sum by (endpoint) (rate(g_requests_total{code=~"429|5.."}[5m])) / 2 > 0.05')
        self.assert_sound("histogram_quantile(0.99, sum by (le, endpoint) (rate(g_wait_seconds_bucket[5m])))")
        self.assert_sound("rate(g_wait_seconds_sum[1m30s]) / rate(g_wait_seconds_count[1m30s])")
        self.assert_sound('max_over_time(g_open{job=~"balancer.*"}[10m] offset 5m) and on (job, instance) up == 1')
        self.assert_sound('c_state{state="cooling"} and on (provider) provider:states:sum > 1e3 or absent(g_open)')
        self.assert_sound("sum(g_open) by (instance) * on (instance) group_left () g_open")

    def test_sees_a_metric_that_does_not_exist(self):
        self.assert_seen("sum(rate(g_request_total[5m]))", "nothing exports g_request_total")
        self.assert_seen("g_open + g_opened", "nothing exports g_opened")
        self.assert_seen("model:states:sum", "nothing exports model:states:sum")

    def test_sees_a_histogram_without_its_suffix(self):
        self.assert_seen("rate(g_wait_seconds[5m])", "nothing exports g_wait_seconds")
        self.assert_seen("rate(g_open_bucket[5m])", "nothing exports g_open_bucket")

    def test_sees_a_label_that_the_metric_does_not_have(self):
        self.assert_seen('g_open{provider="a"}', "g_open has no label provider")
        self.assert_seen("sum by (model) (g_open)", "groups by")
        self.assert_seen("c_state and on (host) g_open", "groups by")
        self.assert_seen('rate(g_wait_seconds_count{le="1"}[5m])', "has no label le")

    def test_sees_a_value_that_nobody_writes(self):
        self.assert_seen('c_state{state="cooled"}', 'never has state="cooled"')
        self.assert_seen('c_state{state=~"cooling|disable"}', 'never has state="disable"')
        self.assert_seen('g_requests_total{code="5"}', 'never has code="5"')
        self.assert_seen('up{job="gateway"}', 'never has job="gateway"')

    def test_sees_a_function_of_the_wrong_kind_of_metric(self):
        self.assert_seen("rate(g_open[5m])", "rate() of the gauge g_open")
        self.assert_seen("avg_over_time(g_requests_total[5m])", "avg_over_time() of the counter")

    def test_sees_a_quantile_that_lost_its_buckets(self):
        self.assert_seen("histogram_quantile(0.5, sum by (endpoint) (rate(g_wait_seconds_bucket[5m])))", "without le")

    def test_sees_a_legend_that_would_stay_empty(self):
        self.assertEqual(shown_label_problems("sum by (provider) (c_state)", {"provider"}, METRICS), [])
        self.assertEqual(shown_label_problems("c_state", {"state", "instance"}, METRICS), [])
        self.assertEqual(len(shown_label_problems("sum by (provider) (c_state)", {"state"}, METRICS)), 1)

    def test_refuses_what_it_cannot_read(self):
        for text in ('{__name__=~"g_.*"}', "g_open{", 'g_open{job="a" # }', "g_open ~ 1"):
            with self.assertRaises(ValueError, msg=text):
                problems_of(text, METRICS)


if __name__ == "__main__":
    unittest.main()
