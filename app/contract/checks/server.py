"""The server that is checked: paths in, answers out; the same GET is asked once in a run."""

from collections.abc import Iterable, Iterator, Mapping

from app.contract.change import Json
from app.contract.checks.check import Answer, Ask, Broken, Failure, Nothing

RELEASES = {"r4": "4.0.1", "r5": "5.0.0"}
"""FHIR's version of each."""
STUDY = "ResearchStudy"
ABSENT = "none-such-7f3a"
"""An id, a code and a name that no registry has."""


class Server:
    """`contract` is the OpenAPI document that the server is held to."""

    def __init__(self, ask: Ask, contract: Json) -> None:
        self._ask, self.contract = ask, contract
        self._known: dict[tuple[str, tuple[tuple[str, str], ...]], Answer] = {}
        self.requests = 0
        self.last: Answer | None = None
        self.refusals: list[Answer] = []
        """Answers with a status of 400 and above."""

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        self.requests += 1
        answer = self._ask(method, path, headers or {}, body)
        if answer.status >= 400:
            self.refusals.append(answer)
        self.last = answer
        return answer

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        key = (path, tuple((headers or {}).items()))
        if key not in self._known:
            self._known[key] = self.ask("GET", path, headers)
        self.last = self._known[key]
        return self.last

    def bundle(self, path: str, kind: str = "searchset") -> Json:
        """Raises Broken."""
        answer = self.get(path)
        found = answer.object()
        if found.get("resourceType") != "Bundle" or found.get("type") != kind:
            raise Broken(answer.failure(f"a Bundle whose type is {kind}"))
        return found

    def capabilities(self, release: str) -> Json:
        """What `rest` of the CapabilityStatement says. Raises Broken."""
        answer = self.get(f"/fhir/{release}/metadata")
        found = answer.object()
        rest = found.get("rest")
        if found.get("resourceType") != "CapabilityStatement" or not isinstance(rest, list) or not rest:
            raise Broken(answer.failure("a CapabilityStatement with 'rest'"))
        first: Json = rest[0]
        return first

    def types(self, release: str, interaction: str) -> Iterator[Json]:
        """The declared types that have the interaction, as they are declared."""
        for one in self.capabilities(release).get("resource", ()):
            if interaction in _codes(one):
                yield one

    def first(self, release: str, kind: str) -> Json:
        """The first of a type. Raises Nothing, Broken."""
        entries = self.bundle(self.listing(release, kind, 1)).get("entry", ())
        for one in matches(entries):
            found: Json = one["resource"]
            return found
        raise Nothing(f"there is no {kind}")

    def takes(self, path: str, name: str) -> bool:
        """Whether the contract has the parameter there."""
        listed = self.contract["paths"].get(path, {}).get("get", {}).get("parameters", ())
        return any(one.get("name") == name for one in listed)

    def listing(self, release: str, kind: str, count: int) -> str:
        """The path of a search that finds all of a type: the first `count` of them where pages can be asked for."""
        path = f"/fhir/{release}/{kind}"
        return f"{path}?_count={count}" if self.takes(path, "_count") else path

    def study(self, release: str) -> str:
        """The path of a study."""
        return f"/fhir/{release}/{STUDY}/{self.first(release, STUDY)['id']}"


def matches(entries: Iterable[Json]) -> Iterator[Json]:
    return (one for one in entries if one.get("search", {}).get("mode", "match") == "match")


def place(url: str) -> str:
    """The path and query of a link: a server behind a proxy may have another address than the one that was given."""
    for mark in ("/fhir/", "/api/"):
        at = url.find(mark)
        if at >= 0:
            return url[at:]
    return url


def link(bundle: Json, relation: str) -> str | None:
    """Where it leads, or None."""
    found = [one["url"] for one in bundle.get("link", ()) if one.get("relation") in relation.split("|")]
    return place(found[0]) if found else None


def refused(answer: Answer, *statuses: int, naming: str = "") -> Iterator[Failure]:
    """That it is an error of one of the statuses, in the shape of its part of the server, and says the name."""
    fhir = answer.path.startswith("/fhir/")
    kind, name = ("application/fhir+json", "OperationOutcome") if fhir else ("application/problem+json", "problem")
    expected = f"status {' or '.join(map(str, statuses))} and {name} as {kind}"
    if answer.status not in statuses or answer.kind != kind:
        yield answer.failure(expected)
        return
    found = answer.document()
    if not isinstance(found, dict):
        yield answer.failure(expected)
    elif fhir:
        issues = found.get("issue") or []
        if found.get("resourceType") != name or not issues or not all({"severity", "code"} <= {*i} for i in issues):
            yield answer.failure(f"{expected}, each issue with severity and code")
    elif found.get("status") != answer.status or not found.get("title"):
        yield answer.failure(f"{expected}, with its title and status")
    if naming and naming not in answer.body.decode("utf-8", "replace"):
        yield answer.failure(f"{expected} that names {naming}")


def _codes(declared: Json) -> set[str]:
    return {one["code"] for one in declared.get("interaction", ())}
