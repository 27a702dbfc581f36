"""What differs between two records of a trial, field by field; items of lists are matched by identity, not place."""

from collections.abc import Callable, Hashable
from typing import Any

from pydantic import BaseModel

from app.record.trial import Trial, criterion_path


class Difference(BaseModel):
    """`path` names a field (`overall_status`, `dates.completion.value`, `sites[Harbour Clinic|Oslo].status`);
    `before` and `after` are its values, None where it was not or is no more."""

    path: str
    before: Any
    after: Any


_PROVENANCE = {"facts", "sources", "issues"}
"""Not what the trial is, but how we know it: left out of the difference."""

Identity = Callable[[Any], Hashable]

_IDENTITY: dict[str, Identity] = {
    "identifiers": lambda i: i["value"],
    "titles": lambda i: i["kind"],
    "conditions": lambda i: i["text"],
    "mesh": lambda i: "|".join((i["subject"], i["kind"], i["id"])),
    "dates": lambda i: i["kind"],
    "parties": lambda i: "|".join((i["role"], i["name"])),
    "contacts": lambda i: i["name"] or i["email"] or i["phone"],
    "flags": lambda i: i["name"],
    "arms": lambda i: i["label"],
    "interventions": lambda i: i["name"],
    "references": lambda i: i["pmid"] or i["citation"],
    "resources": lambda i: "|".join(str(i[k]) for k in ("kind", "label", "url", "identifier") if i[k]),
    "outcomes": lambda i: "|".join((i["type"], i["measure"])),
    "cohorts": lambda i: i["label"] or "",
    "sites": lambda i: "|".join(str(i[k]) for k in ("facility", "city", "state", "postal_code", "country") if i[k]),
    "statements": lambda i: i["label"],
    "keywords": lambda i: i,
    "phases": lambda i: i,
    "not_reported": lambda i: i,
}
_LEFT_OUT = {"spans", "position", "parent", "cohort", "depth", "label_folded"}


def differences(before: Trial, after: Trial) -> list[Difference]:
    """In the order of the record's fields."""
    old, new = _shape(before), _shape(after)
    found: list[Difference] = []
    for name in Trial.model_fields:
        if name not in _PROVENANCE and old[name] != new[name]:
            _compare(name, old[name], new[name], _IDENTITY.get(name), found)
    return found


def changed_fields(before: Trial, after: Trial) -> list[str]:
    """The names of the record's fields that differ, those about its origin included."""
    return [name for name in Trial.model_fields if getattr(before, name) != getattr(after, name)]


def _shape(trial: Trial) -> dict[str, Any]:
    shape = trial.model_dump(mode="json")
    shape["criteria"] = {
        f"{_cohort(trial, n)}{item['type']}|{' > '.join(_texts(trial, n))}": {
            name: value for name, value in item.items() if name not in _LEFT_OUT
        }
        | {"path": criterion_path(trial.criteria, n)}
        for n, item in enumerate(shape["criteria"])
    }
    return shape


def _cohort(trial: Trial, n: int) -> str:
    index = trial.criteria[n].cohort
    label = trial.cohorts[index].label if index < len(trial.cohorts) else None
    return f"{label}|" if label else ""


def _texts(trial: Trial, n: int) -> list[str]:
    """The criterion's text below those of its parents."""
    texts: list[str] = []
    index: int | None = n
    while index is not None:
        texts.append(trial.criteria[index].text)
        index = trial.criteria[index].parent
    return texts[::-1]


def _compare(path: str, old: Any, new: Any, identity: Identity | None, found: list[Difference]) -> None:
    if old == new:
        return
    if identity and isinstance(old, list) and isinstance(new, list):
        old, new = _by_identity(old, identity), _by_identity(new, identity)
        _compare_items(path, old, new, found, "{}[{}]")
    elif path == "criteria":
        _compare_items(path, old, new, found, "{}[{}]")
    elif isinstance(old, dict) and isinstance(new, dict):
        _compare_items(path, old, new, found, "{}.{}")
    else:
        found.append(Difference(path=path, before=old, after=new))


def _compare_items(path: str, old: Any, new: Any, found: list[Difference], form: str) -> None:
    for key in [*old, *(key for key in new if key not in old)]:
        _compare(form.format(path, key), old.get(key), new.get(key), None, found)


def _by_identity(items: list[Any], identity: Identity) -> dict[Hashable, Any]:
    seen: dict[Hashable, int] = {}
    return {_unique(identity(item), seen): item for item in items}


def _unique(identity: Hashable, seen: dict[Hashable, int]) -> Hashable:
    """Items that read alike are told apart by their number."""
    seen[identity] = seen.get(identity, 0) + 1
    return identity if seen[identity] == 1 else f"{identity}#{seen[identity]}"
