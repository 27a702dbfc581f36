"""The record of a stored trial, put together again from the tables alone."""

import zlib
from typing import Any

from sqlalchemy import Connection, Select, select

from app.record.spans import Fact
from app.record.trial import (
    Coding,
    Cohort,
    Condition,
    Contact,
    Criterion,
    Identifier,
    Issue,
    Outcome,
    Party,
    SourceDocument,
    SourcedText,
    Statement,
    Title,
    Trial,
    TrialDate,
    TrialSite,
)
from app.store import tables as t
from app.store.rows import read_ages, read_spans


def get_trial(connection: Connection, key: int) -> Trial:
    """The current record of the trial with this key. Raises `sqlalchemy.exc.NoResultFound` when there is none."""

    def rows(table: Any, *more: Any) -> list[Any]:
        order = [c for c in table.primary_key.columns if c.name != "trial_key"]
        statement: Select[Any] = select(table, *more).where(table.c.trial_key == key).order_by(*order)
        for column in more:
            joined = column.table
            statement = statement.join(joined, _JOINS[joined.name])
            break
        return list(connection.execute(statement).mappings())

    def plain(table: Any, *names: str) -> list[dict[str, Any]]:
        return [{name: row[name] for name in names} for row in rows(table)]

    head = connection.execute(select(t.trial).where(t.trial.c.key == key)).mappings().one()
    codings = rows(t.condition_coding)
    contacts = rows(t.site_contact)
    return Trial(
        id=head["id"],
        registry=head["registry"],
        identifiers=[Identifier(**row) for row in plain(t.identifier, "kind", "value", "system")],
        title=head["title"],
        titles=[Title(**row) for row in plain(t.trial_title, "kind", "text")],
        overall_status=head["overall_status"],
        phases=[row["code"] for row in rows(t.trial_phase)],
        sex=head["sex"],
        **read_ages(head),
        conditions=[
            Condition(
                text=row["text"],
                codings=[
                    Coding(system=coding["system"], code=coding["code"], display=coding["display"])
                    for coding in codings
                    if coding["condition"] == row["position"]
                ],
            )
            for row in rows(t.condition)
        ],
        keywords=[row["text"] for row in rows(t.keyword)],
        brief_summary=head["brief_summary"],
        detailed_description=head["detailed_description"],
        plain_language_summary=SourcedText(text=head["plain_language_summary"], source=head["plain_language_source"])
        if head["plain_language_summary"]
        else None,
        dates=[TrialDate(**row) for row in plain(t.trial_date, "kind", "value", "type")],
        not_reported=[row["field"] for row in rows(t.not_reported)],
        parties=[Party(**row) for row in plain(t.party, "role", "name", "kind", "affiliation", "description")],
        outcomes=[
            Outcome(
                type=row["type"],
                measure=row["measure"],
                description=row["description"],
                time_frame=row["time_frame"],
                spans=read_spans(row["spans"]),
            )
            for row in rows(t.outcome)
        ],
        cohorts=[Cohort(label=row["label"], sex=row["sex"], **read_ages(row)) for row in rows(t.cohort)],
        criteria=[
            Criterion(
                cohort=row["cohort"],
                type=row["type"],
                role=row["role"],
                parent=row["parent"],
                position=row["number"],
                depth=row["depth"],
                label=row["label"],
                text=row["text"],
                combination=row["combination"],
                spans=read_spans(row["spans"]),
            )
            for row in rows(t.criterion)
        ],
        sites=[
            TrialSite(
                **{name: row[name] for name in _FACILITY},
                status=row["status"],
                contacts=[
                    Contact(name=c["name"], role=c["role"], phone=c["phone"], email=c["email"])
                    for c in contacts
                    if c["site"] == row["position"]
                ],
            )
            for row in rows(t.trial_site, *(t.site.c[name] for name in _FACILITY))
        ],
        statements=[Statement(**row) for row in plain(t.statement, "label", "text")],
        issues=[Issue(**row) for row in plain(t.issue, "code", "severity", "message", "line", "document")],
        sources=[
            SourceDocument(id=row["document"], source=row["source"], name=row["name"], complete=row["complete"])
            for row in rows(t.trial_source, *(t.source_document.c[name] for name in ("source", "name", "complete")))
        ],
        facts=[
            Fact(
                path=row["path"],
                conversion=row["conversion"],
                document=row["document"],
                spans=read_spans(row["spans"]),
            )
            for row in rows(t.fact)
        ],
    )


_FACILITY = (
    "facility",
    "city",
    "state",
    "country",
    "country_code",
    "latitude",
    "longitude",
    "coordinates_from",
)
_JOINS = {
    "site": t.site.c.key == t.trial_site.c.site_key,
    "source_document": (t.source_document.c.trial_key == t.trial_source.c.trial_key)
    & (t.source_document.c.id == t.trial_source.c.document),
}


def get_version(connection: Connection, key: int, version: int) -> Trial | None:
    """The record as it was at a superseded version, or None when that version is not kept."""
    table = t.trial_version
    blob = connection.scalar(select(table.c.record).where(table.c.trial_key == key, table.c.version == version))
    return None if blob is None else Trial.model_validate_json(zlib.decompress(blob))
