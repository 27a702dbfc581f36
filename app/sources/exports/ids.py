"""Registries' ids in the fields that hold ids -> identifiers (shared by ICTRP and CTIS).

Only such fields are read: a title or a criterion may name another trial.
"""

import re

from app.record.parts import Identifier
from app.record.registries import REGISTRIES, UNIVERSAL, registry_of

# A dot joins: `NL57572.041.16` is an ethics file, no id of the Dutch register
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]*")
_EUDRACT = re.compile(r"20\d\d-\d{6}-\d\d", re.ASCII)


def read_identifiers(text: str, own: str, domain: str | None = None) -> list[Identifier]:
    """What one secondary id says: the ids of registries in it, and the whole as it stands when it is none of them.

    `own` is the record's own id, which is left out; `domain` is who issued it.
    """
    found = [identifier for token in _TOKEN.findall(text) if (identifier := _read_token(token.rstrip("./-"), domain))]
    whole = text.strip()
    if whole and whole not in {own, *(identifier.value for identifier in found)}:
        found.append(Identifier(kind="secondary", value=whole, domain=domain))
    return [identifier for identifier in found if identifier.value.casefold() != own.casefold()]


def add_identifiers(identifiers: list[Identifier], more: list[Identifier]) -> None:
    """Adds those that are not there yet."""
    there = {(identifier.kind, identifier.value) for identifier in identifiers}
    for identifier in more:
        if (identifier.kind, identifier.value) not in there:
            there.add((identifier.kind, identifier.value))
            identifiers.append(identifier)


def _read_token(token: str, domain: str | None) -> Identifier | None:
    if UNIVERSAL.fullmatch(token):
        return Identifier(kind="universal", value=token, domain=domain)
    if _EUDRACT.fullmatch(token):
        return Identifier(
            kind="secondary", value=token, system=REGISTRIES["euctr"].system, type="EudraCT number", domain=domain
        )
    registry = registry_of(token)
    return Identifier(kind="secondary", value=token, system=registry.system, domain=domain) if registry else None
