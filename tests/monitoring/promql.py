"""What a PromQL expression names: its selectors and the labels that it groups by. Whether it is valid, promtool says."""
import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"""
    (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<range>\[[^\]]*\])
  | (?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+|(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)?)
  | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
  | (?P<sign>=~|!~|!=|==|<=|>=|[-+*/%^(){},=<>@])
""", re.VERBOSE)
GROUPING = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"}


@dataclass
class Selector:
    metric: str
    # (label, operator, value)
    matchers: list[tuple[str, str, str]] = field(default_factory=list)
    # The function that takes its range, "" for one without.
    range_function: str = ""


@dataclass
class Expression:
    selectors: list[Selector] = field(default_factory=list)
    # Each list of labels behind by, on, group_left …, in the order of the text.
    groupings: list[tuple[str, list[str]]] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)

    def kept_labels(self) -> set[str] | None:
        """Labels that the aggregations leave, None when there is none."""
        lists = [labels for word, labels in self.groupings if word == "by"]
        return {label for labels in lists for label in labels} if lists else None


def tokens_of(text: str) -> list[tuple[str, str]]:
    tokens = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = TOKEN.match(text, position)
        if not match:
            raise ValueError(f"not PromQL at {text[position:position + 20]!r}: {text}")
        tokens.append((match.lastgroup, match.group()))
        position = match.end()
    return tokens


class Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.position = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.position += 1
        return token

    def take_until(self, end: str) -> list[tuple[str, str]]:
        taken = []
        while self.peek()[1] != end:
            if self.peek()[0] == "end":
                raise ValueError(f"no {end}: {self.text}")
            taken.append(self.take())
        self.take()
        return taken

    def matchers(self) -> list[tuple[str, str, str]]:
        parts = [text for _, text in self.take_until("}") if text != ","]
        if len(parts) % 3:
            raise ValueError(f"matchers are not understood: {self.text}")
        return [(parts[i], parts[i + 1], parts[i + 2][1:-1]) for i in range(0, len(parts), 3)]

    def read(self) -> Expression:
        expression = Expression()
        enclosing: list[str] = []
        while self.peek()[0] != "end":
            kind, text = self.take()
            if text == "{":
                raise ValueError(f"a selector without a metric's name: {self.text}")
            if text == "(":
                enclosing.append("")
            elif text == ")" and enclosing:
                enclosing.pop()
            elif kind == "name" and text in GROUPING:
                if self.peek()[1] == "(":
                    self.take()
                    labels = [label for _, label in self.take_until(")") if label != ","]
                    expression.groupings.append((text, labels))
            elif kind == "name" and text.lower() not in WORDS:
                if self.peek()[1] == "(":
                    self.take()
                    enclosing.append(text)
                    expression.functions.add(text)
                elif self.peek()[1] not in GROUPING:
                    expression.selectors.append(self.selector(text, enclosing[-1] if enclosing else ""))
        return expression

    def selector(self, metric: str, function: str) -> Selector:
        selector = Selector(metric)
        if self.peek()[1] == "{":
            self.take()
            selector.matchers = self.matchers()
        if self.peek()[0] == "range":
            self.take()
            selector.range_function = function
        return selector


def read(text: str) -> Expression:
    return Reader(text).read()
