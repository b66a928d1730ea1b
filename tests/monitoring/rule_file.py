"""Reads the rules and the rules' tests without a YAML library, as they are written here: any other line is an error.

How many rules there are is compared with what promtool finds (promtool_test.py), so that none can be overlooked.
"""
import re
from dataclasses import dataclass
from pathlib import Path

OTHER_LINES = re.compile(r"(#.*|groups:|rules:|annotations:|- name: [\w-]+)?$")
BEGINNING = re.compile(r"- (record|alert): ([\w:]+)$")
FIELD = re.compile(r"(expr|for|labels|summary|description): (.+)$")


@dataclass
class Rule:
    kind: str
    name: str
    expr: str = ""
    hold: str = ""
    labels: str = ""
    summary: str = ""
    description: str = ""

    @property
    def severity(self) -> str:
        match = re.fullmatch(r"\{ severity: (\w+) \}", self.labels)
        return match[1] if match else ""


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def unquoted(text: str) -> str:
    if text.startswith('"'):
        if not text.endswith('"'):
            raise ValueError(f"a quoted text that goes on: {text}")
        return text[1:-1].replace('\\"', '"')
    return text


def rules_in(text: str) -> list[Rule]:
    rules: list[Rule] = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        beginning = BEGINNING.match(line.strip())
        pair = FIELD.match(line.strip())
        if beginning:
            rules.append(Rule(*beginning.groups()))
        elif pair:
            key, value = pair.groups()
            if value == ">-":
                block = []
                while number < len(lines) and indent_of(lines[number]) > indent_of(line):
                    block.append(lines[number].strip())
                    number += 1
                value = " ".join(block)
            elif value[0] in "|>&*":
                raise ValueError(f"line {number} is not understood: {line}")
            setattr(rules[-1], "hold" if key == "for" else key, unquoted(value))
        elif not OTHER_LINES.match(line.strip()):
            raise ValueError(f"line {number} is not understood: {line}")
    return rules


def cases_in(text: str) -> list[tuple[str, bool]]:
    """(alert, whether it is expected to fire) for every case of a file for `promtool test rules`."""
    cases = []
    for part in re.split(r"- alertname: ", text)[1:]:
        alert = part.split("\n", 1)[0].strip()
        expected = re.search(r"^ +exp_alerts:(.*)\n( *- exp_labels:)?", part, re.MULTILINE)
        if not expected or (expected[1].strip() == "[]") == bool(expected[2]):
            raise ValueError(f"a case of {alert} says neither exp_alerts: [] nor a list")
        cases.append((alert, bool(expected[2])))
    return cases


def rules(root: Path) -> list[Rule]:
    return rules_in((root / "deploy/prometheus/balancer.rules.yml").read_text(encoding="utf-8"))


def cases(root: Path) -> list[tuple[str, bool]]:
    return cases_in((root / "deploy/prometheus/balancer.rules.test.yml").read_text(encoding="utf-8"))
