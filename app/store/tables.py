"""The normalized tables. The record is the shape, these tables are the truth, served bytes are a cache.

Every entity that FHIR serves has one row in `resource`; its own table (`trial`, `site`, `organization`, ...)
shares that row's `key`. Instants are ISO 8601 text in UTC, `*_folded` columns hold `app.record.ids.fold` of
their neighbour, spans are JSON lists of [start, end]. Text that orders or identifies compares by code point
on both engines, so that both give the same answers in the same order.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.store.columns import Key, Ordered, metadata, trial_key

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
    Index("ix_resource_type_deleted_key", "type", "deleted", "key"),
    Index("ix_resource_last_updated", "last_updated", "key", "version"),
    Index("ix_resource_type_last_updated", "type", "last_updated", "key", "version"),
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
    Index("ix_resource_version_last_updated", "last_updated", "resource_key", "version"),
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
    Column("overall_status", String),
    Column("last_known_status", String, comment="behind `unknown`"),
    Column("why_stopped", Text),
    Column("fresh_on", Ordered, comment="the latest day on which a source says that the record was right"),
    Column("sex", String),
    Column("minimum_age", Float),
    Column("minimum_age_unit", String),
    Column("maximum_age", Float),
    Column("maximum_age_unit", String),
    Column("brief_summary", Text),
    Column("detailed_description", Text),
    Column("plain_language_summary", Text),
    Column("plain_language_source", String),
    Column("removed", Ordered, comment="the instant at which the registry was found to have dropped the record"),
    Column("digest", String, nullable=False, comment="of the record"),
    Column("plain", LargeBinary, nullable=False, comment="the plain JSON document, as served"),
)

trial_version = Table(
    "trial_version",
    metadata,
    trial_key(),
    Column("version", Integer, nullable=False),
    Column("last_updated", Ordered, nullable=False),
    Column("record", LargeBinary, nullable=False, comment="the superseded record: zlib of its JSON"),
    PrimaryKeyConstraint("trial_key", "version"),
)

source_document = Table(
    "source_document",
    metadata,
    trial_key(),
    Column("id", String, nullable=False, comment="first 16 hex digits of the SHA-256 of its bytes"),
    Column("source", String, nullable=False),
    Column("raw", String, nullable=False, comment="digest of its bytes and of the code that reads them"),
    Column("name", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("current", Boolean, nullable=False, comment="the newest of its source and completeness"),
    Column("loaded", Ordered, nullable=False),
    Column("content", LargeBinary, comment="zlib of its bytes; none where spans do not need it"),
    Column("record", LargeBinary, comment="zlib of the JSON of what was read from it; none: the tables say just that"),
    PrimaryKeyConstraint("trial_key", "id"),
    Index("ix_source_document_raw", "raw"),
)

organization = Table(
    "organization",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Ordered, nullable=False),
    Column("description", Text),
)
practitioner = Table(
    "practitioner",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_folded", Ordered, nullable=False),
)
practitioner_role = Table(
    "practitioner_role",
    metadata,
    Column("key", Key, ForeignKey("resource.key"), primary_key=True, autoincrement=False),
    Column("id", Ordered, nullable=False, unique=True),
    Column("practitioner_key", Key, ForeignKey("practitioner.key"), nullable=False),
    Column("organization_key", Key, ForeignKey("organization.key")),
    Column("role", String, nullable=False),
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
    Column("postal_code", String),
    Column("country", Text),
    Column("country_folded", Ordered, index=True),
    Column("country_code", String, index=True),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("coordinates_from", String),
)
run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False, comment="load or sync"),
    Column("origin", Text, nullable=False, comment="the paths or the query"),
    Column("started", Ordered, nullable=False),
    Column("finished", Ordered, comment="none: it runs, or was interrupted"),
    *(Column(count, Integer, nullable=False) for count in ("new", "changed", "unchanged", "refused", "removed")),
)
run_refusal = Table(
    "run_refusal",
    metadata,
    Column("run_id", Integer, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("trial_id", String),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
)
run_seen = Table(
    "run_seen",
    metadata,
    Column("run_id", Integer, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("trial_id", Ordered, nullable=False),
    PrimaryKeyConstraint("run_id", "trial_id"),
)
"""The trials that a complete load has met so far: what it does not meet has been removed from the registry."""
change = Table(
    "change",
    metadata,
    Column("number", Key, primary_key=True, autoincrement=False, comment="in the order of writing, from 1"),
    trial_key(),
    Column("version", Integer, nullable=False),
    Column("at", Ordered, nullable=False),
    Column("run_id", Integer, ForeignKey("run.id")),
    Column("kind", String, nullable=False, comment="new, changed, deleted (removed from its registry) or restored"),
    Column("fields", Text, nullable=False, comment="JSON list of the record's fields that differ"),
    Column("status_before", String),
    Column("status_after", String),
    Index("ix_change_at", "at"),
    Index("ix_change_trial_key", "trial_key"),
)
sync = Table(
    "sync",
    metadata,
    Column("name", String, primary_key=True, comment="the registry's address and the query"),
    Column("token", Text, comment="of the page to ask for next; none: the window was walked"),
    Column("since", String, comment="the day on which the window begins"),
    Column("seen", Text, nullable=False, comment="JSON: the account of the walk"),
)
denied_link = Table(
    "denied_link",
    metadata,
    Column("first", Ordered, nullable=False, comment="the lesser of the two ids"),
    Column("second", Ordered, nullable=False),
    PrimaryKeyConstraint("first", "second"),
    Index("ix_denied_link_second", "second"),
)
export_job = Table(
    "export_job",
    metadata,
    Column("id", String, primary_key=True, comment="random: who knows it may have the files"),
    Column("release", String, nullable=False),
    Column("request", Text, nullable=False, comment="the address that was asked"),
    Column("asked", Text, nullable=False, comment="JSON: types, since and elements, and what was ignored"),
    Column("requested", Ordered, nullable=False),
    Column("state", String, nullable=False, comment="running, complete or failed"),
    Column("attempts", Integer, nullable=False, comment="how many processes have begun it"),
    Column("attempt", String, nullable=False, comment="the present attempt: the folder it writes to"),
    Column("heartbeat", Ordered, nullable=False, comment="when its process last said that it lives"),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("type", String, comment="of the resources being written"),
    Column("expires", Ordered, nullable=False),
    Column("transaction_time", Ordered),
    Column("files", Text, comment="JSON: of output, deleted and error the files, each [type, name, lines, digest]"),
    Column("reason", Text, comment="why it failed"),
)
