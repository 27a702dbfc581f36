"""The grammar of the query string, and cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import RequestError
from app.search.cursor import Cursors
from app.search.parse import parse
from app.search.values import split, unescape

CURSORS = Cursors("key")
escapable = st.text(st.sampled_from("ab,|$\\ é"), max_size=12)


def escape(text: str) -> str:
    return "".join(f"\\{c}" if c in ",|$\\" else c for c in text)


@given(st.lists(escapable, min_size=1, max_size=5), st.sampled_from([",", "|"]))
def test_split_undoes_join(parts: list[str], separator: str) -> None:
    joined = separator.join(escape(part) for part in parts)
    assert [unescape(part) for part in split(joined, separator)] == parts


@given(st.tuples(st.text(max_size=20), st.integers(0, 10**9)), st.text(max_size=20))
def test_cursors_come_back(position: tuple[str, int], scope: str) -> None:
    written = CURSORS.write(position, scope)
    assert CURSORS.read(written, "_cursor", scope) == position
    with pytest.raises(RequestError):
        CURSORS.read(written, "_cursor", scope + "x")
    with pytest.raises(RequestError):
        Cursors("another").read(written, "_cursor", scope)


@given(st.text(max_size=40))
def test_any_cursor_is_read_or_refused(text: str) -> None:
    with pytest.raises(RequestError):
        CURSORS.read(text, "_cursor", "")


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=4))
def test_any_query_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    for lenient in (False, True):
        try:
            query = parse("r5", ("ResearchStudy",), pairs, CURSORS, 20, lenient=lenient)
        except RequestError as error:
            assert error.status == 400 and error.diagnostics and error.expression is not None
        else:
            assert len(query.nodes) + len(query.notices) <= len(pairs)
