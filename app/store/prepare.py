"""A record made ready to be written: rows, rendered documents, digests. Pure, so that other processes can do it.

Documents are without the parts of `meta` that only the writing transaction knows (`versionId`, `lastUpdated`), and the
plain one without its version.
"""

import hashlib
from typing import Any, NamedTuple

import orjson

from app.fhir.documents import render
from app.fhir.ids import location_id, organization_id, practitioner_id, practitioner_role_id
from app.parameters.extract import Searched, search_rows
from app.plain.render import trial_shape
from app.record.ids import fold
from app.record.trial import Trial
from app.store.mapping import Shared, trial_columns
from app.store.rows import Rows, list_rows


class Document(NamedTuple):
    """One resource: its documents, the digest of both, and what is searched of it."""

    type: str
    id: str
    digest: str
    r4: bytes
    r5: bytes
    searched: Searched | None
    """None for what trials share: it is stored already but for the first time."""

    @property
    def searched_of_record(self) -> bool:
        """Whether more is searched than the documents hold."""
        return self.type == "ResearchStudy" and self.searched is not None


class Prepared(NamedTuple):
    id: str
    digest: str
    """Of the record."""
    record: bytes
    """The record as JSON."""
    head: dict[str, Any]
    """Columns of `trial`."""
    lists: Rows
    documents: list[Document]
    shared: dict[str, dict[str, dict[str, Any]]]
    """Table -> id -> columns of the entities that trials share, in the order in which they must be written."""
    plain: bytes


def prepare(trial: Trial) -> Prepared:
    record = trial.model_dump_json().encode()
    return Prepared(
        trial.id,
        hashlib.sha256(record).hexdigest(),
        record,
        trial_columns(trial),
        list_rows(trial),
        [
            document(one.type, one.id, one.r4, one.r5, trial if one.type == "ResearchStudy" else None)
            for one in render(trial)
        ],
        shared_rows(trial),
        _plain(trial),
    )


OF_ONE_TRIAL = ("ResearchStudy", "EvidenceVariable", "Group", "Provenance")
"""Types whose resources belong to one trial."""


def document(type: str, id: str, r4: dict[str, Any], r5: dict[str, Any], trial: Trial | None = None) -> Document:
    """Practitioners are the same in both releases: then both are one object."""
    first = orjson.dumps(r4)
    second = first if r5 is r4 else orjson.dumps(r5)
    searched = search_rows(r4, r5, trial) if type in OF_ONE_TRIAL else None
    return Document(type, id, hashlib.sha256(first + second).hexdigest()[:32], first, second, searched)


def with_meta(body: bytes, type: str, id: str, version: int, instant: str) -> bytes:
    """The document as it is served: `app.fhir.serialize`, byte by byte."""
    place = len(b'{"resourceType":"","id":""') + len(type) + len(id)
    when, rest = instant.encode(), body[place:]
    rest = b"," + rest[len(b',"meta":{') :] if rest.startswith(b',"meta":{') else b"}" + rest
    if type == "Provenance":
        # quotes in a string are escaped: this is where the element `text` begins
        meta, text, more = rest.partition(b',"text":{')
        rest = b'%s,"recorded":"%s"%s%s' % (meta, when, text, more)
    return b'%s,"meta":{"versionId":"%d","lastUpdated":"%s"%s' % (body[:place], version, when, rest)


def _plain(trial: Trial) -> bytes:
    shape = trial_shape(trial, 0, "").model_dump(exclude={"version", "last_updated"})
    return orjson.dumps(shape)


def with_version(plain: bytes, version: int, instant: str) -> bytes:
    return b'%s,"version":%d,"last_updated":"%s"}' % (plain[:-1], version, instant.encode())


_PLACE = ("facility", "city", "state", "country")


def shared_rows(trial: Trial) -> dict[str, dict[str, dict[str, Any]]]:
    organizations: dict[str, dict[str, Any]] = {}
    practitioners: dict[str, dict[str, Any]] = {}
    roles: dict[str, dict[str, Any]] = {}

    def organization(name: str, description: str | None) -> Shared:
        id = organization_id(name)
        row = organizations.setdefault(id, {"name": name, "name_folded": fold(name), "description": None})
        row["description"] = row["description"] or description
        return Shared("Organization", id)

    for party in trial.parties:
        if party.kind == "organization":
            organization(party.name, party.description)
            continue
        person = practitioner_id(party.name, party.affiliation)
        practitioners[person] = {"name": party.name, "name_folded": fold(party.name)}
        roles[practitioner_role_id(party.name, party.affiliation, party.role)] = {
            "practitioner_key": Shared("Practitioner", person),
            "organization_key": organization(party.affiliation, None) if party.affiliation else None,
            "role": party.role,
        }
    sites: dict[str, dict[str, Any]] = {}
    for site in trial.sites:
        row = {
            **{name: getattr(site, name) for name in (*_PLACE, "postal_code", "country_code")},
            **{f"{name}_folded": (text := getattr(site, name)) and fold(text) for name in _PLACE},
            **{name: getattr(site, name) for name in ("latitude", "longitude", "coordinates_from")},
        }
        sites.setdefault(location_id(site), row)
    return {
        "organization": organizations,
        "practitioner": practitioners,
        "practitioner_role": roles,
        "site": sites,
    }
