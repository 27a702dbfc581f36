"""One record from several documents about the same trial, field by field, whatever order they came in.

A field comes from the first document that has it, in this order: the registry of record's own before other sources,
complete documents before incomplete ones, then by the source's name. So another source fills what the registry lacks,
and an incomplete page can fill what is missing but never removes or shortens anything. A field's facts come with it;
a registry's fields, which have none, get one that names the document.
"""

from collections.abc import Callable, Iterable
from typing import Any

from app.record.ids import fold
from app.record.spans import Fact
from app.record.trial import Trial

_TOGETHER = (
    ("overall_status", "last_known_status", "why_stopped"),
    ("minimum_age", "maximum_age"),
    ("conditions", "mesh"),
    ("arms", "interventions"),
    ("criteria", "cohorts", "population"),
)
"""Fields that refer to one another: they come from one document."""

# Lists whose items stand for themselves: each document adds the ones that the better ones do not have.
_UNITED: dict[str, Callable[[Any], Any]] = {
    "identifiers": lambda item: fold(item.value),
    "titles": lambda item: (item.kind, fold(item.text)),
    "dates": lambda item: item.kind,
    "parties": lambda item: item.role,
    "flags": lambda item: item.name,
    "statements": lambda item: (item.label, item.text),
    "not_reported": lambda item: item,
}
_APART = {"id", "registry", "issues", "sources", "facts", *_UNITED}
_GROUPS = (
    *_TOGETHER,
    *((name,) for name in Trial.model_fields if name not in _APART and not any(name in g for g in _TOGETHER)),
)


def merge(records: Iterable[Trial]) -> Trial:
    """The one record of what several documents say; each record has been read from one document."""
    best_first = sorted(records, key=_rank)
    if len(best_first) == 1:
        return best_first[0]
    merged: dict[str, Any] = {"id": best_first[0].id, "registry": best_first[0].registry}
    facts: list[Fact] = []
    for group in _GROUPS:
        giver = next((r for r in best_first if getattr(r, group[0])), None) or next(
            (r for r in best_first if any(getattr(r, name) for name in group)), None
        )
        if giver:
            merged.update({name: getattr(giver, name) for name in group})
            facts += _facts_of(giver, [name for name in group if getattr(giver, name)])
    for name, identity in _UNITED.items():
        merged[name], moved = _unite(name, identity, best_first)
        facts += moved
    facts += _describe(merged, best_first)
    given = {f"dates.{date.kind}" for date in merged["dates"]}
    dropped = {f"not_reported.{n}" for n, field in enumerate(merged["not_reported"]) if field in given}
    merged["not_reported"] = [field for field in merged["not_reported"] if field not in given]
    merged["facts"] = [fact for fact in facts if fact.path not in dropped]
    used = {fact.document for fact in merged["facts"]}
    merged["sources"] = [source for r in best_first for source in r.sources if source.id in used]
    merged["issues"] = [issue for r in best_first for issue in r.issues if issue.document in used]
    return Trial(**merged)


def _describe(merged: dict[str, Any], records: list[Trial]) -> list[Fact]:
    """Gives organizations the description that another document has of them."""
    facts: list[Fact] = []
    for n, party in enumerate(merged["parties"]):
        for record in records if party.kind == "organization" and not party.description else ():
            for m, other in enumerate(record.parties):
                if other.description and other.role == party.role and fold(other.name) == fold(party.name):
                    merged["parties"][n] = party.model_copy(update={"description": other.description})
                    was = f"parties.{m}.description"
                    own = [fact for fact in record.facts if fact.path == was] or [_from(record, was)]
                    facts += [fact.model_copy(update={"path": f"parties.{n}.description"}) for fact in own]
                    break
            else:
                continue
            break
    return facts


def _rank(record: Trial) -> tuple[bool, bool, str, str]:
    source = record.sources[0]
    return source.source != record.registry, not source.complete, source.source, source.id


def _facts_of(giver: Trial, names: list[str]) -> list[Fact]:
    if giver.facts:
        return [fact for fact in giver.facts if fact.path.split(".")[0] in names]
    return [_from(giver, name) for name in names]


def _from(giver: Trial, path: str) -> Fact:
    """A value that a registry's record gave as it is."""
    return Fact(path=path, conversion="source", document=giver.sources[0].id, spans=[])


def _unite(name: str, identity: Callable[[Any], Any], records: list[Trial]) -> tuple[list[Any], list[Fact]]:
    """The items of all records, the first of each identity, and their facts with the places they have now.

    Items of one document that have the same identity stay together: a document's collaborators are all taken.
    """
    items: list[Any] = []
    facts: list[Fact] = []
    taken: set[Any] = set()
    for record in records:
        theirs = [(n, item, identity(item)) for n, item in enumerate(getattr(record, name))]
        for n, item, what in theirs:
            if what in taken:
                continue
            was, now = f"{name}.{n}", f"{name}.{len(items)}"
            if name == "dates":
                was = now = f"dates.{item.kind}"
            items.append(item)
            if not record.facts:
                facts.append(_from(record, now))
            for fact in record.facts:
                if fact.path == was or fact.path.startswith(f"{was}."):
                    facts.append(fact.model_copy(update={"path": now + fact.path[len(was) :]}))
        taken |= {what for _, _, what in theirs}
    return items, facts
