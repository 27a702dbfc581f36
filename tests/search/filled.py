"""A database with `full`, `other` and `bare` of every type (tests/search/full.py), and the three trials behind the
studies: what no document says is found in the record."""

from sqlalchemy import Connection, select

from app.parameters.dates import instant, interval
from app.record.parts import Age, Condition, Design, Flag, Intervention, MeshTerm, Party, TrialDate
from app.record.trial import Criterion, Trial, TrialSite
from app.store import tables as t
from app.store.engine import engine_for, writing
from app.store.index import index_status_changes
from app.store.migrate import migrate
from app.store.prepare import document
from app.store.put import put_trial
from app.store.reindex import reindex
from app.store.rerender import rerender
from app.store.resources import put_documents
from tests.search.full import BARE, FULL, MAKERS, OTHER, documents

CHANGED = {FULL: "1999-06-15T12:00:00Z", BARE: "2010-07-01T12:00:00Z", OTHER: "2024-06-15T12:00:00Z"}
"""When the resources were written, and the states of `full` and `other` changed."""


def trial(role: str) -> Trial:
    if role == BARE:
        return Trial(id=BARE, registry="ctgov")
    first = role == FULL
    word, day = ("Alpha", "1999-06-15") if first else ("Zeta", "2024-06-15")
    status = "active-not-recruiting" if first else "terminated"
    number = 0 if first else 1
    # the term of `other` is the ancestor of that of `full`
    mesh = [
        MeshTerm(subject=subject, kind=kind, id=f"D90000{n}", term=f"Term {n}")
        for subject, n, kind in (
            ("condition", 1, "term"),
            ("condition", 2, "ancestor"),
            ("intervention", 3, "term"),
            ("intervention", 4, "ancestor"),
        )
        if first
    ] or [
        MeshTerm(subject="condition", kind="term", id="D900002", term="Term 2"),
        MeshTerm(subject="intervention", kind="term", id="D900004", term="Term 4"),
    ]
    limit, exempt = (
        ("Hemoglobin >= 9 g/dL", "ALT < 3 x ULN unless known")
        if first
        else ("Platelets 50 to 80 x 10^9/L", "AST > 5 x ULN")
    )
    return Trial(
        id=role,
        registry="ctgov",
        title=f"{word} title",
        minimum_age=Age(value=10, unit="years") if first else Age(value=720, unit="months"),
        maximum_age=Age(value=20, unit="years") if first else None,
        criteria=[
            Criterion(type=("inclusion", "exclusion")[number], position=n, text=text)
            for n, text in enumerate((f"{word} title over Übermoon", limit, exempt), 1)
        ],
        overall_status=status,
        phases=[("phase-1", "phase-4")[number]],
        sex=("female", "male")[number],
        conditions=[Condition(text=f"{word} condition")],
        keywords=[f"{word} keyword"],
        design=Design(study_type=("expanded-access", "interventional")[number]),
        dates=[TrialDate(kind=kind, value=day) for kind in ("start", "completion", "last-update")],
        parties=[Party(role="lead-sponsor", name=f"{word} sponsor", kind="organization")],
        flags=[Flag(name=name, value=not first) for name in ("has-results", "healthy-volunteers")],
        interventions=[Intervention(name=f"{word} lamp", other_names=[f"{word} light"])],
        mesh=mesh,
        sites=[TrialSite(city=f"{word}ville", status=status)],
    )


def at(day: str) -> str:
    return instant(interval(day)[0])


def fill(url: str) -> None:
    """Everything that the server finds when it starts, so that it renders and indexes nothing anew."""
    engine = engine_for(url)
    migrate(engine)
    rerender(engine, lambda: at("2000"))
    reindex(engine)
    with writing(engine) as connection:
        _put(connection)
    engine.dispose()


def _put(connection: Connection) -> None:
    r = t.resource.c
    for role in (BARE, OTHER, FULL):
        before = trial(role)
        if role != BARE:
            before = before.model_copy(update={"overall_status": "not-yet-recruiting"})
        put_trial(connection, before, at("1990"))
        put_trial(connection, trial(role), at(CHANGED[role]))
    rendered = list(connection.scalars(select(r.key).where(r.type != "ResearchStudy")))
    studies = list(connection.scalars(select(r.key).where(r.type == "ResearchStudy")))
    for n, role in enumerate((BARE, OTHER, FULL)):
        made = [
            document(type, role, *documents(type, role), trial(role) if type == "ResearchStudy" else None)
            for type in MAKERS
        ]
        put_documents(connection, made, at(CHANGED[role]), rendered if n == 0 else ())
    index_status_changes(connection, studies)
