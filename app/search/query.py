"""A parsed search: plain data between the query string and the SQL (https://hl7.org/fhir/R5/search.html)."""

from dataclasses import dataclass, field
from typing import Literal

from app.errors import RequestError
from app.parameters.table import Parameter

Pair = tuple[str, str]
Where = Literal["title", "narrative", "all"]
_TITLED = ("ResearchStudy", "EvidenceVariable")


def words_column(parameter: Parameter) -> Where:
    """Where the full-text index has the words that the parameter asks for."""
    if parameter.reads == "text":
        return "narrative"
    named = parameter.code == "title" or (parameter.code == "name" and parameter.resource not in _TITLED)
    return "title" if named else "all"


@dataclass(frozen=True)
class Token:
    """`system` is None where the value names none, and empty where it says that there is none (`|code`)."""

    system: str | None
    code: str


@dataclass(frozen=True)
class Interval:
    """A date or a number as the ends of its implied range; `exact` is the number itself, `low` and `high` for dates."""

    prefix: str
    low: float
    high: float
    exact: float = 0
    system: str | None = None
    unit: str = ""


@dataclass(frozen=True)
class Target:
    """A resource referred to; without a `type` it may be of any type that the parameter allows. With an empty one the
    `id` is the whole address, of another server or a canonical one."""

    type: str | None
    id: str


@dataclass(frozen=True)
class Around:
    """Within `metres` of a place, degrees WGS 84."""

    latitude: float
    longitude: float
    metres: float


@dataclass(frozen=True)
class Parts:
    """The values of a composite parameter, one for each component."""

    values: tuple["Value", ...]


Value = Token | Interval | Target | Around | Parts | str | tuple[str, ...]


@dataclass(frozen=True)
class Test:
    """A parameter against any of `values`. `parameters` are those of that name of all types searched."""

    parameters: tuple[Parameter, ...]
    modifier: str | None
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Chain:
    """What one of the references leads to passes the test."""

    references: tuple[Parameter, ...]
    types: tuple[str, ...]
    inner: "Node"


@dataclass(frozen=True)
class Has:
    """Something that passes the test refers to it by one of the references."""

    references: tuple[Parameter, ...]
    type: str
    inner: "Node"


@dataclass(frozen=True)
class All:
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Some:
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    node: "Node"


Node = Test | Chain | Has | All | Some | Not


@dataclass(frozen=True)
class Include:
    """References followed from the page (or, `reverse`, to it); `iterate`: from what is included too."""

    references: tuple[Parameter, ...]
    reverse: bool
    iterate: bool
    target: str | None


@dataclass(frozen=True)
class SortKey:
    """`parameter` is None for `_score`."""

    parameter: Parameter | None
    descending: bool


@dataclass(frozen=True)
class Notice:
    """An issue that goes with the answer; `expression` names the parameter."""

    severity: Literal["warning", "information"]
    code: str
    diagnostics: str
    expression: str


Summary = Literal["true", "text", "data", "count", "false"]


@dataclass(frozen=True)
class Position:
    """Where a page begins: after (`forward`) or before the row with these sort values and this key."""

    forward: bool
    values: tuple[str | int | float | None, ...]
    key: int
    total: int | None
    """That of the first page, carried along."""


@dataclass(frozen=True)
class Query:
    release: str
    types: tuple[str, ...]
    count: int
    nodes: tuple[Node, ...] = ()
    """All must hold (AND)."""
    sort: tuple[SortKey, ...] = ()
    includes: tuple[Include, ...] = ()
    total: Literal["none", "estimate", "accurate"] = "accurate"
    summary: Summary = "false"
    elements: tuple[str, ...] = ()
    position: Position | None = None
    contained: str = "false"
    processed: tuple[Pair, ...] = ()
    """The parameters of the request that were processed, for `self`, without the page's size and place."""
    notices: tuple[Notice, ...] = field(default=())

    def tests(self) -> list[Test]:
        """The tests on the resources themselves."""
        return [node for node in self.nodes if isinstance(node, Test)]

    @property
    def perishable(self) -> bool:
        """Whether the answer changes with the time of day: what grows stale does, and what is about now (`ap`)."""
        return any(
            test.parameters[0].reads == "stale" or any(_approximate(value) for value in test.values)
            for node in self.nodes
            for test in tests_in(node)
        )

    @property
    def scope(self) -> str:
        """What a cursor is bound to: it continues this question and no other."""
        return repr((self.release, self.types, sorted(self.processed)))


def tests_in(node: Node) -> list[Test]:
    """All tests of a node, on whatever resource."""
    if isinstance(node, Test):
        return [node]
    if isinstance(node, Chain | Has):
        return tests_in(node.inner)
    inner = node.nodes if isinstance(node, All | Some) else (node.node,)
    return [test for one in inner for test in tests_in(one)]


def _approximate(value: Value) -> bool:
    if isinstance(value, Parts):
        return any(_approximate(one) for one in value.values)
    return isinstance(value, Interval) and value.prefix == "ap"


def refuse(code: str, diagnostics: str, name: str) -> RequestError:
    return RequestError(400, code, diagnostics, name)
