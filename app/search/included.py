"""What a page brings along: what it refers to or what refers to it, how far its places are, which state ages."""

from collections.abc import Sequence

from app.parameters.criteria import STATED
from app.search import conditions as c
from app.search.compile import Compiler
from app.search.limits import MOST_INCLUDED
from app.search.query import Around, Include, Query, Test
from app.search.rows import SITE
from app.search.sql import Binder, all_of
from app.store.database import Statement


def included(query: Query, dialect: str, includes: Sequence[Include], keys: Sequence[int]) -> Statement:
    """(key, type, id, document, version) of what the includes lead to from the resources with these keys, each once."""
    bind = Binder(dialect)
    compiler = Compiler(query.release, bind)
    parts = []
    for n, one in enumerate(includes):
        if not one.references:
            continue
        near, far = ("target", "key") if one.reverse else ("key", "target")
        numbers = ", ".join(str(p.number) for p in one.references)
        among = bind.among(keys, "bigint")
        led = f"SELECT i{n}.{far} AS key FROM search_reference i{n}"
        where = f"i{n}.param IN ({numbers}) AND i{n}.{near} {among} AND {compiler.holds(f'i{n}')}"
        if one.target and not one.reverse:
            led += f" JOIN resource t{n} ON t{n}.key = i{n}.target AND t{n}.type = {bind.text(one.target)}"
        parts.append(f"{led} WHERE {where}")
    body = "r4" if query.release == "r4" else "r5"
    led = " UNION ".join(parts) or "SELECT 0 AS key"
    return bind.statement(
        f"SELECT r.key, r.type, r.id, r.{body}, r.version FROM ({led}) AS i JOIN resource r ON r.key = i.key "
        f"WHERE r.deleted = FALSE ORDER BY r.key LIMIT {MOST_INCLUDED + len(keys) + 1}"
    )


def distances(query: Query, dialect: str, around: Sequence[Around], keys: Sequence[int]) -> Statement:
    """(key, id of the place, its least `chord` to a point) for the places of the resources with these keys."""
    bind = Binder(dialect)
    compiler = Compiler(query.release, bind)
    chords = [c.chord(bind, "p", one) for one in around]
    least = chords[0] if len(chords) == 1 else f"{'min' if dialect == 'sqlite' else 'least'}({', '.join(chords)})"
    if query.types == ("Location",):
        return bind.statement(
            f"SELECT p.key, r.id, {least} FROM search_place p JOIN resource r ON r.key = p.key "
            f"WHERE p.key {bind.among(keys, 'bigint')}"
        )
    return bind.statement(
        f"SELECT i.key, r.id, {least} FROM search_reference i JOIN search_place p ON p.key = i.target "
        f"JOIN resource r ON r.key = i.target "
        f"WHERE i.param = {SITE} AND {compiler.holds('i')} AND i.key {bind.among(keys, 'bigint')}"
    )


def stated_ages(query: Query, dialect: str, tests: Sequence[Test], keys: Sequence[int]) -> Statement:
    """The keys of the trials, of these, with cohorts that state their ages and take the ages asked for."""
    bind = Binder(dialect)
    compiler = Compiler(query.release, bind)
    takes = [compiler.taking(test, STATED).holds("r.key", bind) for test in tests]
    return bind.statement(f"SELECT r.key FROM resource r WHERE {all_of(takes)} AND r.key {bind.among(keys, 'bigint')}")
