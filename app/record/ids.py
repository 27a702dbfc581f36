"""Readable, stable ids (https://hl7.org/fhir/R5/datatypes.html#id: `[A-Za-z0-9\\-\\.]{1,64}`)."""

import hashlib
import re
import unicodedata

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Case, accents and compatibility forms removed, white space folded: what searches compare.

    >>> fold("Université  de GENÈVE")
    'universite de geneve'
    """
    if text.isascii():  # the same answer, eight times faster
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def slug(text: str, most: int = 64) -> str:
    """Folded words joined with hyphens, cut at `most` characters; empty when nothing Latin is left."""
    return _NOT_SLUG.sub("-", fold(text)).strip("-")[:most].rstrip("-")


def digest(text: str, length: int = 8) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:length]


def entity_id(*parts: str | None) -> str:
    """The id of something shared by trials, made from what identifies it.

    The same words in another case or spacing give the same id; the digest keeps apart what only reads alike.
    """
    words = [part for part in parts if part]
    identity = "|".join(fold(part or "") for part in parts)
    readable = slug(" ".join(words), 55)
    return f"{readable}-{digest(identity)}" if readable else digest(identity, 16)


def condition_code(text: str) -> str:
    """The local code of a condition given only as words: `Vitiligo` -> `vitiligo`."""
    code = slug(text, 55)
    faithful = fold(text).isascii() and len(slug(text, 56)) <= 55
    return code if faithful and code else f"{code}-{digest(fold(text))}".lstrip("-")
