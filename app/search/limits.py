"""What one request may ask for. Each limit is named, with its value, in the answer to a request that goes beyond it."""

from app.errors import RequestError

LARGEST_PAGE = 1000
"""Matches on a page; a request for more gets these, as the specification has it."""
MOST_VALUES = 500
"""Alternatives (OR) of one parameter."""
MOST_WORDS = 100
"""Different words of one text that is searched for."""
MOST_SORT_KEYS = 4
"""Each is a part of the links to the next page, which proxies must let through."""
MOST_PARAMETERS = 100
LONGEST_QUERY = 64_000
"""Characters of names and values together."""
DEEPEST = 10
"""References that a chain, `_has` or nested `_filter` goes along."""
MOST_INCLUDED = 1000
"""Resources included on a page."""
MOST_FILTER_WORDS = 400
MOST_FILTER_DEPTH = 25
"""Of an expression of `_filter`: words, and parentheses in one another."""
FARTHEST = 20_038
"""Kilometres of `near`: half of the earth's circumference."""


def over(name: str, what: str, number: int, most: int) -> RequestError:
    return RequestError(400, "too-costly", f"{name}: {number:,} {what}, at most {most:,} are taken", name)
