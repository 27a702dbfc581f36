"""Phrases of a vocabulary in, a tree of their words out; the longest phrase that stands at a token is found in it."""

from collections.abc import Iterable
from typing import NamedTuple

from app.eligibility.words.tokens import Token, read_tokens


class Found(NamedTuple):
    """The key of a phrase and the token after it."""

    key: str
    next: int
    word: str
    """The phrase as the vocabulary writes it."""


class Node:
    """The words that may follow, and the phrase that ends here."""

    __slots__ = ("following", "key", "word")

    def __init__(self) -> None:
        self.following: dict[str, Node] = {}
        self.key: str | None = None
        self.word = ""


class Phrases:
    """A vocabulary by its words: `find` costs no more than the longest phrase has words."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        """`words` are pairs of a key and a phrase that means it."""
        self.root = Node()
        for key, phrase in words:
            node = self.root
            for token in read_tokens(phrase):
                node = node.following.setdefault(token.word, Node())
            node.key = key
            node.word = phrase
        self.firsts = frozenset(self.root.following)
        """The words that a phrase starts with."""

    def find(self, tokens: list[Token], at: int) -> Found | None:
        """The longest phrase that starts at the token."""
        node = self.root.following.get(tokens[at].word) if at < len(tokens) else None
        if node is None:
            return None
        best: Found | None = None
        here = at + 1
        end = len(tokens)
        while True:
            if node.key is not None:
                best = Found(node.key, here, node.word)
            if here >= end:
                return best
            node = node.following.get(tokens[here].word)
            if node is None:
                return best
            here += 1
