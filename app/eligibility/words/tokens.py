"""Text in, tokens out: numbers, words and marks of a criterion with their offsets, written one way.

Markdown escapes, HTML entities, typographic signs and the spellings of comparison signs (`≥`, `>/=`, `> or =`, `\\>=`)
come out alike; every token keeps the offsets of what stands in the text.
"""

import re
from typing import NamedTuple

NUMBER, WORD, MARK = "number", "word", "mark"
SIGN = "sign"
"""A comparison sign: `<`, `<=`, `>`, `>=`, `=`."""

# one character for one character, so that offsets hold
ALIKE = str.maketrans(
    {
        "\\": " ",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "µ": "u",
        "μ": "u",
        "²": "2",
        "³": "3",
        "⁶": "6",
        "⁹": "9",
        "⁄": "/",
        "÷": "/",
        "∕": "/",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "～": "~",
        "×": "*",
        "✕": "*",
        "∗": "*",
        "·": "*",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "，": ",",
        "；": ";",
        "：": ":",
        "（": "(",
        "）": ")",
        "［": "(",
        "］": ")",
        "[": "(",
        "]": ")",
        "％": "%",
        "＞": ">",
        "＜": "<",
        "≧": "≥",
        "≦": "≤",
        "⩾": "≥",
        "⩽": "≤",
        "º": "°",
        "Ⅰ": "1",
        "Ⅱ": "2",
        "Ⅲ": "3",
        "Ⅳ": "4",
        "℃": "°",
        "İ": "i",  # the one letter that lower case makes two of
    }
)
ENTITIES = {"&gt;": "   >", "&lt;": "   <", "&ge;": "   ≥", "&le;": "   ≤", "&amp;": "   &"}
ENTITY = re.compile("|".join(ENTITIES))
# every repetition is over one class of characters that what follows cannot start with, or has a fixed bound
RAISED = re.compile(r"(?<=\b10) (?=[²³⁴⁵⁶⁷⁸⁹])")
"""`10 ³`"""
MIDDLE_DOT = re.compile(r"(?<![\d.])(\d{1,2})·(?=\d{1,2}(?![\d^]))")
TOKEN = re.compile(
    r"""(?P<sign>[<>]\s?/\s?=|[<>]\s?or\s?(?:=|equal\ to|equals?)|[<>]\s?=|=\s?[<>]|[≥≤<>=])
    |(?P<number>\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)
    |(?P<x>x(?=\s?(?:uln|lln|unl|uln|ulrr|iuln|upper|lower|the\b|normal|institutional|\d)))
    |(?P<age>(?<![^\W_])(?:aged?|to|and|than|of|is)(?=\d))
    |(?P<word>[^\W\d_][^\W_]*(?:'[^\W\d_]+)?)
    |(?P<mark>[^\w\s])""",
    re.VERBOSE,
)
SIGNS = {"≥": ">=", "≤": "<=", "<": "<", ">": ">", "=": "="}


class Token(NamedTuple):
    """`word` is lower case; a number's is its value in digits; a sign's is one of the five."""

    kind: str
    word: str
    start: int
    end: int
    value: float = 0.0


def read_tokens(text: str) -> list[Token]:
    """The tokens of the text in order; white space and escapes stand between them."""
    written = MIDDLE_DOT.sub(r"\1.", text) if "·" in text else text
    written = RAISED.sub("^", written)
    written = written.translate(ALIKE).lower()
    if "&" in written:
        written = ENTITY.sub(lambda found: ENTITIES[found.group()], written)
    tokens = []
    for found in TOKEN.finditer(written):
        kind, word = found.lastgroup, found[0]
        start, end = found.span()
        if kind == "word":
            tokens.append(Token(WORD, word, start, end))
        elif kind == "number":
            digits = word.replace(",", "")
            # int and float refuse nothing that the pattern lets through but digits of thousands of places
            tokens.append(Token(NUMBER, digits, start, end, float(digits[:40])))
        elif kind == "sign":
            tokens.append(Token(SIGN, sign(word), start, end))
        elif kind == "x":
            tokens.append(Token(MARK, "*", start, end))
        elif kind == "age":
            tokens.append(Token(WORD, word, start, end))
        else:
            tokens.append(Token(MARK, word, start, end))
    return tokens


def sign(word: str) -> str:
    """`>/=`, `> or =`, `=>` and `≥` are `>=`."""
    if word in SIGNS:
        return SIGNS[word]
    return (">" if ">" in word else "<") + "="
