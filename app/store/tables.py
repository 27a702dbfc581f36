"""The normalized tables. The record is the shape, these tables are the truth, served bytes are a cache.

Every entity that FHIR serves has one row in `resource`; its own table (`trial`, `site`, `organization`, ...)
shares that row's `key`. Instants are ISO 8601 text in UTC, `*_folded` columns hold `app.record.ids.fold` of
their neighbour, spans are JSON lists of [start, end]. Text that orders or identifies compares by code point
on both engines, so that both give the same answers in the same order.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = BigInteger().with_variant(Integer(), "sqlite")
Ordered = Text().with_variant(Text(collation="C"), "postgresql")


def _trial_key() -> Column[int]:
    return Column("trial_key", Key, ForeignKey("trial.key", ondelete="CASCADE"), nullable=False)


def _of_trial(name: str, *columns: Column[object] | Index | PrimaryKeyConstraint) -> Table:
    """A list that belongs to a trial: rows by trial and position, counted from 0."""
    return Table(
        name,
        metadata,
        _trial_key(),
        Column("position", Integer, nullable=False),
        *columns,
        PrimaryKeyConstraint("trial_key", "position"),
    )


state = Table(
    "state",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""`data_version` (raised by every writing transaction), `next_key`, `cursor_key`, `renderer`."""

resource = Table(
    "resource",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("type", Ordered, nullable=False),
    Column("id", Ordered, nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_updated", Ordered, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rendered", Boolean, nullable=False, comment="this version came from a new renderer, not from new data"),
    Column("digest", String, nullable=False, comment="of both documents without meta"),
    Column("r4", LargeBinary, nullable=False),
    Column("r5", LargeBinary, nullable=False),
    UniqueConstraint("type", "id"),
)

resource_version = Table(
    "resource_version",
    metadata,
    Column("resource_key", Key, ForeignKey("resource.key", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_updated", Ordered, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("rendered", Boolean, nullable=False),
    Column("r4", LargeBinary, nullable=False, comment="zlib"),
    Column("r5", LargeBinary, nullable=False, comment="zlib"),
    PrimaryKeyConstraint("resource_key", "version"),
)

trial = Table(
    "trial",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("registry", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_updated", Ordered, nullable=False),
    Column("title", Text),
    Column("title_folded", Ordered),
    Column("overall_status", String, index=True),
    Column("sex", String),
    Column("minimum_age", Float),
    Column("minimum_age_unit", String),
    Column("maximum_age", Float),
    Column("maximum_age_unit", String),
    Column("brief_summary", Text),
    Column("detailed_description", Text),
    Column("plain_language_summary", Text),
    Column("plain_language_source", String),
    Column("digest", String, nullable=False, comment="of the record"),
    Column("plain", LargeBinary, nullable=False, comment="the plain JSON document, as served"),
    Index("ix_trial_title_folded", "title_folded"),
)

trial_version = Table(
    "trial_version",
    metadata,
    _trial_key(),
    Column("version", Integer, nullable=False),
    Column("last_updated", Ordered, nullable=False),
    Column("record", LargeBinary, nullable=False, comment="the superseded record: zlib of its JSON"),
    PrimaryKeyConstraint("trial_key", "version"),
)

source_document = Table(
    "source_document",
    metadata,
    _trial_key(),
    Column("id", String, nullable=False, comment="first 16 hex digits of the SHA-256 of its bytes"),
    Column("source", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("current", Boolean, nullable=False, comment="the newest of its source and completeness"),
    Column("loaded", Ordered, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="zlib of its bytes"),
    Column("record", LargeBinary, nullable=False, comment="zlib of the JSON of what was read from it"),
    PrimaryKeyConstraint("trial_key", "id"),
)

trial_source = _of_trial(
    "trial_source",
    Column("document", String, nullable=False),
)
"""The documents that the record was read from, best first."""

identifier = _of_trial(
    "identifier",
    Column("kind", String, nullable=False),
    Column("system", Text),
    Column("value", Text, nullable=False),
    Column("value_folded", Ordered, nullable=False),
    Index("ix_identifier_value_folded", "value_folded"),
)
trial_title = _of_trial(
    "trial_title",
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
)
trial_phase = _of_trial(
    "trial_phase",
    Column("code", String, nullable=False),
    Index("ix_trial_phase_code", "code"),
)
condition = _of_trial(
    "condition",
    Column("text", Text, nullable=False),
)
condition_coding = Table(
    "condition_coding",
    metadata,
    _trial_key(),
    Column("condition", Integer, nullable=False, comment="the condition's position"),
    Column("position", Integer, nullable=False),
    Column("system", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("code_folded", Ordered, nullable=False),
    Column("display", Text),
    PrimaryKeyConstraint("trial_key", "condition", "position"),
    Index("ix_condition_coding_code_folded", "code_folded"),
)
keyword = _of_trial("keyword", Column("text", Text, nullable=False))
trial_date = _of_trial(
    "trial_date",
    Column("kind", String, nullable=False),
    Column("value", String, nullable=False),
    Column("type", String),
)
not_reported = _of_trial("not_reported", Column("field", String, nullable=False))
statement = _of_trial(
    "statement",
    Column("label", Text, nullable=False),
    Column("text", Text, nullable=False),
)

organization = Table(
    "organization",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Ordered, nullable=False, index=True),
    Column("description", Text),
)
practitioner = Table(
    "practitioner",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Ordered, nullable=False, index=True),
)
practitioner_role = Table(
    "practitioner_role",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("practitioner_key", Key, ForeignKey("practitioner.key"), nullable=False, index=True),
    Column("organization_key", Key, ForeignKey("organization.key"), index=True),
    Column("role", String, nullable=False),
)
party = _of_trial(
    "party",
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("affiliation", Text),
    Column("description", Text),
    Column("organization_key", Key, ForeignKey("organization.key"), index=True),
    Column("practitioner_role_key", Key, ForeignKey("practitioner_role.key"), index=True),
)

outcome = _of_trial(
    "outcome",
    Column("type", String, nullable=False),
    Column("number", Integer, nullable=False, comment="among the trial's outcomes of its type, from 1"),
    Column("measure", Text, nullable=False),
    Column("description", Text),
    Column("time_frame", Text),
    Column("document", String, nullable=False, comment="the document that the spans are of"),
    Column("spans", Text, nullable=False),
)
cohort = _of_trial(
    "cohort",
    Column("group_key", Key, ForeignKey("resource.key"), unique=True),
    Column("label", Text),
    Column("label_folded", Ordered),
    Column("sex", String),
    Column("minimum_age", Float),
    Column("minimum_age_unit", String),
    Column("maximum_age", Float),
    Column("maximum_age_unit", String),
)
criterion = _of_trial(
    "criterion",
    Column("path", String, nullable=False, comment="place in the tree, unique in the trial: 1-i11.4"),
    Column("cohort", Integer, nullable=False, comment="the cohort's position"),
    Column("type", String, nullable=False),
    Column("role", String, nullable=False),
    Column("parent", Integer, comment="the parent criterion's position"),
    Column("number", Integer, nullable=False, comment="among its siblings of the same cohort and type, from 1"),
    Column("depth", Integer, nullable=False),
    Column("label", Text),
    Column("text", Text, nullable=False),
    Column("text_folded", Text, nullable=False),
    Column("combination", String),
    Column("document", String, nullable=False, comment="the document that the spans are of"),
    Column("spans", Text, nullable=False),
)

site = Table(
    "site",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("facility", Text),
    Column("facility_folded", Ordered),
    Column("city", Text),
    Column("city_folded", Ordered, index=True),
    Column("state", Text),
    Column("state_folded", Ordered),
    Column("country", Text),
    Column("country_folded", Ordered, index=True),
    Column("country_code", String, index=True),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("coordinates_from", String),
)
trial_site = _of_trial(
    "trial_site",
    Column("site_key", Key, ForeignKey("site.key"), nullable=False, index=True),
    Column("status", String),
)
site_contact = Table(
    "site_contact",
    metadata,
    _trial_key(),
    Column("site", Integer, nullable=False, comment="the trial site's position"),
    Column("position", Integer, nullable=False),
    Column("name", Text),
    Column("role", String),
    Column("phone", String),
    Column("email", String),
    PrimaryKeyConstraint("trial_key", "site", "position"),
)

issue = _of_trial(
    "issue",
    Column("code", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("line", Integer),
    Column("document", String, nullable=False),
)
fact = _of_trial(
    "fact",
    Column("path", Text, nullable=False),
    Column("conversion", String, nullable=False),
    Column("document", String, nullable=False),
    Column("spans", Text, nullable=False),
)

OF_TRIAL = [
    table
    for table in metadata.sorted_tables
    if "trial_key" in table.c and table not in (trial_version, source_document)
]
"""The tables whose rows are the current record of a trial, replaced whole when it changes."""
