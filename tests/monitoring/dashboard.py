"""Grafana's dashboard: its panels and what they ask for, with Grafana's variables filled in."""
import json
import re
from dataclasses import dataclass
from pathlib import Path

# As they may stand when somebody looks.
VARIABLES = {"$__rate_interval": "1m", "$__range": "3h", "$gateway": ".*", "$provider": ".*"}


@dataclass
class Query:
    title: str
    expr: str
    legend: str


class Dashboard:
    def __init__(self, content: dict) -> None:
        self.content = content

    @property
    def panels(self) -> list[dict]:
        """Rows included."""
        return self.content["panels"]

    @property
    def charts(self) -> list[dict]:
        return [panel for panel in self.panels if panel["type"] != "row"]

    @property
    def variables(self) -> list[dict]:
        return self.content["templating"]["list"]

    def queries(self) -> list[Query]:
        asked = [Query(panel["title"], target["expr"], target["legendFormat"])
                 for panel in self.charts for target in panel["targets"]]
        asked += [Query(annotation["name"], annotation["expr"], annotation["titleFormat"])
                  for annotation in self.content["annotations"]["list"]]
        return [Query(query.title, filled_in(query.expr), query.legend) for query in asked]

    def variable_queries(self) -> list[tuple[str, str]]:
        """(metric, label) of each label_values()."""
        asked = [variable["query"]["query"] for variable in self.variables if variable["type"] == "query"]
        return [re.fullmatch(r"label_values\((\w+), (\w+)\)", query).groups() for query in asked]


def filled_in(expr: str) -> str:
    for name, value in VARIABLES.items():
        expr = expr.replace(name, value)
    return expr


def dashboard(root: Path) -> Dashboard:
    return Dashboard(json.loads((root / "deploy/grafana/dashboards/balancer.json").read_text(encoding="utf-8")))
