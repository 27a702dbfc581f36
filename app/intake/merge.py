"""One record from several documents about the same trial, field by field, whatever order they came in.

A field comes from the first document that has it, in this order: complete documents before incomplete ones,
then by source name. So an incomplete page can fill what is missing but never removes or shortens anything,
and another source fills what the first one lacks. A field's facts come with it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from app.record.ids import fold
from app.record.spans import Fact
from app.record.trial import Trial

_SINGLE = (
    "title",
    "overall_status",
    "sex",
    "brief_summary",
    "detailed_description",
    "plain_language_summary",
)
# Taken as a whole: what belongs together must come from one document.
_TOGETHER = (
    ("minimum_age", "maximum_age"),
    ("phases",),
    ("conditions",),
    ("keywords",),
    ("outcomes",),
    ("criteria", "cohorts"),
    ("sites",),
)
# Lists whose items stand for themselves: each document adds the ones that the better ones do not have.
_UNITED: dict[str, Callable[[Any], Any]] = {
    "identifiers": lambda item: (item.system, fold(item.value)),
    "titles": lambda item: (item.kind, fold(item.text)),
    "dates": lambda item: item.kind,
    "parties": lambda item: item.role,
    "statements": lambda item: (item.label, item.text),
    "not_reported": lambda item: item,
}


def merge(records: Iterable[Trial]) -> Trial:
    """The one record of what several documents say; each record has been read from one document."""
    best_first = sorted(records, key=lambda r: (not r.sources[0].complete, r.sources[0].source, r.sources[0].id))
    if len(best_first) == 1:
        return best_first[0]
    first = best_first[0]
    merged: dict[str, Any] = {"id": first.id, "registry": first.registry}
    facts: list[Fact] = []
    for group in (*((name,) for name in _SINGLE), *_TOGETHER):
        giver = next((r for r in best_first if getattr(r, group[0])), None) or next(
            (r for r in best_first if any(getattr(r, name) for name in group)), None
        )
        if giver:
            merged.update({name: getattr(giver, name) for name in group})
            facts += [fact for fact in giver.facts if fact.path.split(".")[0] in group]
    for name, identity in _UNITED.items():
        items, moved = _unite(name, identity, best_first)
        merged[name] = items
        facts += moved
    given = {f"dates.{date.kind}" for date in merged["dates"]}
    used = {fact.document for fact in facts}
    merged["sources"] = [source for r in best_first for source in r.sources if source.id in used]
    merged["issues"] = [issue for r in best_first for issue in r.issues if issue.document in used]
    dropped = {n for n, field in enumerate(merged["not_reported"]) if field in given}
    merged["not_reported"] = [field for field in merged["not_reported"] if field not in given]
    merged["facts"] = [f for f in facts if not any(f.path == f"not_reported.{n}" for n in dropped)]
    return Trial(**merged)


def _unite(name: str, identity: Callable[[Any], Any], records: list[Trial]) -> tuple[list[Any], list[Fact]]:
    """The items of all records, the first of each identity, and their facts with the places they have now.

    A party that stands in several roles' lists of one document stays whole: its role is taken from one document.
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
            items.append(item)
            for fact in record.facts:
                if name == "dates":
                    if fact.path == f"dates.{item.kind}":
                        facts.append(fact)
                elif fact.path == was or fact.path.startswith(f"{was}."):
                    facts.append(fact.model_copy(update={"path": now + fact.path[len(was) :]}))
        taken |= {what for _, _, what in theirs}
    return items, facts
