"""FHIR: the CapabilityStatement agrees with what is served (https://hl7.org/fhir/R5/capabilitystatement.html)."""

from collections.abc import Iterator
from urllib.parse import quote

from app.contract.change import Json
from app.contract.checks.check import Answer, Broken, Failure, Nothing, ReleaseCheck
from app.contract.checks.server import ABSENT, RELEASES, Server, matches, refused

_STATEMENT = "https://hl7.org/fhir/R5/capabilitystatement.html"
_VALUES = {
    "date": "1000-01-01",
    "number": "-7777",
    "quantity": "-7777",
    "near": "0|0|1|km",
    "_filter": f"_id eq {ABSENT}",
}
"""By name or else by type: what nothing in a registry has."""
_ELSEWHERE = ("_has", "_type")
"""They go with another name behind them, or with a search of all types."""
_OUR_CODES = ("value", "invalid")
"""Of an issue about a value, not about the parameter (https://hl7.org/fhir/R5/codesystem-issue-type.html)."""


def metadata(server: Server, release: str) -> Iterator[Failure]:
    answer = server.get(f"/fhir/{release}/metadata")
    found = answer.object()
    wanted = {"resourceType": "CapabilityStatement", "fhirVersion": RELEASES[release], "kind": "instance"}
    for name, value in wanted.items():
        if found.get(name) != value:
            yield answer.failure(f"{name}: {value}", f"{name}: {found.get(name)}")
    for name in ("status", "date", "format", "rest"):
        if not found.get(name):
            yield answer.failure(f"'{name}', which must be there", "none")
    promised = _promised(server, release)
    for kind in sorted(promised - {one["type"] for one in server.capabilities(release)["resource"]}):
        yield answer.failure(f"{kind} among the types, as the contract has it", "no such type")


def read(server: Server, release: str) -> Iterator[Failure]:
    looked_at = 0
    for one in server.types(release, "read"):
        kind = one["type"]
        try:
            known = server.first(release, kind)
        except Nothing:
            continue
        except Broken as broken:
            yield broken.failure
            continue
        looked_at += 1
        answer = server.get(f"/fhir/{release}/{kind}/{known['id']}")
        found = answer.object() if answer.status == 200 else {}
        if (found.get("resourceType"), found.get("id")) != (kind, known["id"]):
            yield answer.failure(f"status 200 and {kind} {known['id']}")
        elif found != known:
            yield answer.failure("the same resource as in a search", "another")
    if not looked_at:
        raise Nothing("there are no resources")


def search(server: Server, release: str) -> Iterator[Failure]:
    for one in server.types(release, "search-type"):
        path = server.listing(release, one["type"], 2)
        try:
            entries = server.bundle(path).get("entry", ())
        except Broken as broken:
            yield broken.failure
            continue
        answer = server.get(path)
        for entry in matches(entries):
            resource = entry["resource"]
            if resource["resourceType"] != one["type"]:
                yield answer.failure(f"matches that are {one['type']}", f"a {resource['resourceType']}")
            if not str(entry.get("fullUrl", "")).endswith(f"{one['type']}/{resource['id']}"):
                yield answer.failure(f"a fullUrl that ends with the id {resource['id']}", f"{entry.get('fullUrl')}")


def parameters(server: Server, release: str) -> Iterator[Failure]:
    """Each is asked for what nothing has: one that the server passes over finds everything."""
    common = server.capabilities(release).get("searchParam", ())
    for one in server.types(release, "search-type"):
        full = "vread" in {each["code"] for each in one["interaction"]}
        for declared in {
            each["name"]: each for each in (*(common if full else ()), *one.get("searchParam", ()))
        }.values():
            if declared["name"] in _ELSEWHERE:
                continue
            value = _VALUES.get(declared["name"], _VALUES.get(declared["type"], ABSENT))
            answer = server.get(f"/fhir/{release}/{one['type']}?{declared['name']}={quote(value)}")
            if answer.status != 200:
                if not _is_about_value(answer, declared["name"]):
                    yield answer.failure("an answer, as the parameter is declared")
            elif any(matches(answer.object().get("entry", ()))):
                yield answer.failure("no match", "matches, as if nothing was asked")


def undeclared(server: Server, release: str) -> Iterator[Failure]:
    """The names are of the other release, and one that there is nowhere."""
    other = "r5" if release == "r4" else "r4"
    elsewhere = {one["type"]: _names(one) for one in server.types(other, "search-type")}
    for one in server.types(release, "search-type"):
        for name in (ABSENT, *sorted(elsewhere.get(one["type"], set()) - _names(one))):
            answer = server.get(f"/fhir/{release}/{one['type']}?{name}=1")
            yield from refused(answer, 400, naming=name)


def lenient(server: Server, release: str) -> Iterator[Failure]:
    answer = server.get(f"/fhir/{release}/ResearchStudy?{ABSENT}=1", {"Prefer": "handling=lenient"})
    found = answer.object()
    told = [e["resource"] for e in found.get("entry", ()) if e.get("search", {}).get("mode") == "outcome"]
    if ABSENT not in str(told):
        yield answer.failure(f"an entry with an OperationOutcome that says that {ABSENT} was ignored")
    own = [one["url"] for one in found.get("link", ()) if one["relation"] == "self"]
    if any(ABSENT in url for url in own):
        yield answer.failure(f"a self link without {ABSENT}", f"{own[0]}")


def _is_about_value(answer: Answer, name: str) -> bool:
    """That the parameter is known, but takes other values (a code of a list, a composite)."""
    if answer.status != 400:
        return False
    issues = answer.document().get("issue", ())
    return any(one["code"] in _OUR_CODES and name in str(one) for one in issues)


def _names(declared: Json) -> set[str]:
    return {one["name"] for one in declared.get("searchParam", ())}


def _promised(server: Server, release: str) -> set[str]:
    """The types whose read is in the contract."""
    parts = [path.split("/")[1:] for path in server.contract["paths"]]
    return {part[2] for part in parts if len(part) == 4 and part[:2] == ["fhir", release] and part[3] == "{id}"}


CHECKS = (
    ReleaseCheck("metadata", metadata, "/metadata says the release and all types of the contract.", _STATEMENT),
    ReleaseCheck(
        "read",
        read,
        "Every type that is declared to be read is, as searches show it.",
        "https://hl7.org/fhir/R5/http.html#read",
    ),
    ReleaseCheck(
        "search",
        search,
        "Every type that is declared to be searched is; its matches are of that type.",
        "https://hl7.org/fhir/R5/http.html#search",
    ),
    ReleaseCheck("parameters", parameters, "Every declared search parameter answers, and narrows.", _STATEMENT),
    ReleaseCheck(
        "undeclared",
        undeclared,
        "A search parameter that is not declared is refused with 400 and an OperationOutcome that names it.",
        "https://hl7.org/fhir/R5/search.html#errors",
    ),
    ReleaseCheck(
        "lenient",
        lenient,
        "Prefer: handling=lenient ignores unknown parameters, says so, and leaves them out of self.",
        "https://hl7.org/fhir/R5/search.html#errors",
    ),
)
