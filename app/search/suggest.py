"""Other words for a condition that was asked for: a text and the registry's conditions in, terms that find some out.

Nothing here widens a search: the terms are for people to choose from. Lay words lead to medical terms
(`lay_words.json`, whose terms follow MeSH, https://www.nlm.nih.gov/mesh/), misspelt words to words of the registry's
conditions. No suggestion is better than a silly one: codes and ids, words that the registry has, and correct words that
merely look like another (`hematoma`, `hepatoma`) get none.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import product
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import extract

from app.record.ids import fold

_DATA = json.loads(Path(__file__).with_name("lay_words.json").read_text(encoding="utf-8"))
LAY: dict[str, tuple[str, ...]] = {word: tuple(terms) for word, terms in _DATA["lay"].items()}
CORRECT: frozenset[str] = frozenset(_DATA["correct"])
"""Words that are never corrected, though others look like them."""

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’`")
_LENGTHS = range(5, 41)
"""Letters: a shorter word is an abbreviation too often."""
_TWO_EDITS_FROM = 9
"""Letters: a shorter word is two edits away from too many others."""
_MOST_WORDS = 12
_MOST_WRONG = 3
_MOST_CHOICES = 3
_MOST_LOOKED_AT = 2000
"""Conditions with all words of a corrected text, short ones first: bounds the time of a word that stands in most."""
_RARER = 50
"""A word of the registry may be a misspelling where a like one stands in this many times as many of its conditions."""
_VOWELS = frozenset("aeiouy")
_ALIKE = ("aeiouy", "ckqx", "csxz", "dt", "st", "mn", "gj", "fv", "bp", "vw")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SILENT = frozenset("gkmp")
"""First letters that are not heard: `soriasis`, `neumonia`."""
_PREFIXES = ("hyper", "hypo", "macro", "micro", "intra", "inter", "endo", "exo", "ante", "anti", "poly", "oligo")
_SUFFIXES = ("itis", "osis", "oma", "emia", "uria", "algia", "pathy", "penia", "philia", "plegia", "ectomy", "otomy")


class _Entry(NamedTuple):
    words: tuple[str, ...]
    condition: str


class Vocabulary:
    """The registry's conditions, prepared for questions: keep it while they do not change.

    60,000 conditions are prepared in about 0.4 s; a question then takes about 1 ms, and 5 ms where a corrected word
    stands in all of them.

    Conditions that differ in case, accents or spacing only are one, spelled as the first of them; among equals, the
    first ones are suggested first.
    """

    def __init__(self, conditions: Iterable[str]) -> None:
        self._spelled: dict[str, str] = {}
        self._squashed: dict[str, str] = {}
        self._entries: list[_Entry] = []
        """Those of few words first."""
        self._places: dict[str, set[int]] = {}
        """Word -> places in `_entries`."""
        for condition in conditions:
            folded = fold(condition)
            if folded not in self._spelled and (words := _words(condition)):
                self._spelled[folded] = condition
                self._squashed.setdefault("".join(words), condition)
                self._entries.append(_Entry(words, condition))
        self._entries.sort(key=lambda entry: len(entry.words))
        for place, entry in enumerate(self._entries):
            for word in entry.words:
                self._places.setdefault(word, set()).add(place)
        self._sorted = sorted(self._spelled)
        self._by_initial: dict[str, list[str]] = {}
        for word in self._places:
            if _is_word(word):
                self._by_initial.setdefault(word[0], []).append(word)

    def __iter__(self) -> Iterator[str]:
        return iter(self._spelled.values())

    def find(self, term: str) -> str | None:
        """The condition that equals the term, or the term itself where a condition begins with it; else None."""
        folded = fold(term)
        if folded in self._spelled or not folded:
            return self._spelled.get(folded)
        for place in range(bisect_left(self._sorted, folded), len(self._sorted)):
            entry = self._sorted[place]
            if not entry.startswith(folded):
                break
            if not entry[len(folded)].isalnum():
                return term
        return None

    def respelled(self, text: str) -> str | None:
        """The condition that differs from the text in punctuation only, such as `COVID-19` from `covid19`."""
        return self._squashed.get("".join(_words(text)))

    def frequency(self, word: str) -> int:
        """In how many conditions the word stands."""
        return len(self._places.get(word, ()))

    def with_initial(self, letter: str) -> list[str]:
        """Words that can be what a misspelt one should be."""
        return self._by_initial.get(letter, [])

    def made_of(self, words: tuple[str, ...]) -> tuple[int, list[str]]:
        """(0, those that are these words), else (1, those that begin with them), else (2, those that contain them)."""
        places = set.intersection(*(self._places.get(word, set()) for word in words))
        found: tuple[dict[tuple[str, ...], str], ...] = ({}, {}, {})
        for place in nsmallest(_MOST_LOOKED_AT, places):
            entry = self._entries[place]
            begins = entry.words[: len(words)] == words
            rank = 2 if not begins else 0 if len(entry.words) == len(words) else 1
            found[rank].setdefault(entry.words, entry.condition)
        best = next((rank for rank, entries in enumerate(found) if entries), 2)
        return best, list(found[best].values())


def lay(text: str) -> tuple[str, ...]:
    """Medical terms for a lay word or an abbreviation; empty when it is neither.

    >>> lay("Heart attacks")
    ('myocardial infarction',)
    """
    words = " ".join(_words(text))
    return LAY.get(words) or LAY.get(words.removesuffix("s"), ())


def similar(text: str, vocabulary: Iterable[str], most: int = 5) -> list[str]:
    """Conditions of the vocabulary that the text may be a misspelling of, the likeliest first.

    Empty when no word of the text looks misspelt, and when any is neither known nor a likely misspelling. Pass a
    `Vocabulary` where more than one text is asked about.
    """
    return _respelled(text, _prepared(vocabulary))[1][:most]


def suggestions(text: str, vocabulary: Iterable[str], most: int = 5) -> list[str]:
    """What to ask for instead of, or beside, the text: terms that conditions of the vocabulary equal or begin with.

    Medical terms for a lay word come first, then corrections, then medical terms for a misspelt lay word; the text
    itself is none.
    """
    known = _prepared(vocabulary)
    terms = list(lay(text))
    found = [spelled for term in terms if (spelled := known.find(term))]
    found += _respelled(text, known)[1]
    if not terms and not all(known.frequency(word) for word in _words(text)):
        rank, meant = _respelled(text, _LAY_WORDS)
        terms = [term for word in meant[:1] for term in lay(word)] if rank == 0 else []
        found += [spelled for term in terms if (spelled := known.find(term))]
    chosen = {fold(text): text}
    for term in found:
        chosen.setdefault(fold(term), term)
    return list(chosen.values())[1 : most + 1]


def _prepared(vocabulary: Iterable[str]) -> Vocabulary:
    return vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)


def _respelled(text: str, known: Vocabulary) -> tuple[int, list[str]]:
    """How near (as of `Vocabulary.made_of`), and the conditions that the text may be meant to be."""
    words = _words(text)
    if not words or len(words) > _MOST_WORDS:
        return 2, []
    if not known.find(text) and (same := known.respelled(text)):
        return 0, [same]
    choices = [_meant(word, text, known) for word in words]
    wrong = sum(choice != [word] for choice, word in zip(choices, words, strict=True))
    if not 1 <= wrong <= _MOST_WRONG or not all(choices):
        return 2, []
    answers = [known.made_of(meant) for meant in product(*choices)]
    best = min(rank for rank, found in answers if found) if any(found for _, found in answers) else 2
    return best, list(dict.fromkeys(one for rank, found in answers if rank == best for one in found))


def _meant(word: str, text: str, known: Vocabulary) -> list[str]:
    """Words of the vocabulary that a word of the text may be meant to be: itself, or corrections, or none."""
    corrected = [] if _is_code(word, text) else _corrections(word, known)
    return corrected or ([word] if known.frequency(word) else [])


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text).translate(_APOSTROPHES)))


def _is_word(word: str) -> bool:
    return len(word) in _LENGTHS and word.isalpha() and not _VOWELS.isdisjoint(word)


def _is_code(word: str, text: str) -> bool:
    """Whether it is no word: too short, with digits, without a vowel, or short and written in capitals."""
    return not _is_word(word) or (len(word) <= _LENGTHS.start + 1 and word.upper() in text)


def _corrections(word: str, known: Vocabulary) -> list[str]:
    """Words of the vocabulary that are nearest, the likeliest first; empty when the word is correct or none is near."""
    if word in CORRECT:
        return []
    frequency = known.frequency(word)
    limit = 1 if frequency or len(word) < _TWO_EDITS_FROM else 2
    near = extract(word, known.with_initial(word[0]), scorer=OSA.distance, score_cutoff=limit, limit=None)
    found = [(distance, other) for other, distance, _ in near if _is_misspelling(word, other, distance)]
    if not frequency:
        unheard = [f"{letter}{word}" for letter in _SILENT if word[0] not in _VOWELS]
        unheard += [word[1:]] if word.startswith("oe") else []  # British: oesophagus
        found += [(1, other) for other in unheard if other in known.with_initial(other[0])]
    else:
        found = [one for one in found if known.frequency(one[1]) >= _RARER * frequency and not _inflected(word, one[1])]
    nearest = min((distance for distance, _ in found), default=0)
    tied = [other for distance, other in found if distance == nearest]
    heard = [other for other in tied if _consonants(other) == _consonants(word)]
    return sorted(heard or tied, key=lambda other: (-known.frequency(other), other))[:_MOST_CHOICES]


def _inflected(word: str, other: str) -> bool:
    return word.startswith(other) or other.startswith(word) or word[:-1] == other[:-1]


def _is_misspelling(word: str, other: str, distance: int) -> bool:
    """Whether the edits are ones that people make: not an affix of another meaning, nor a letter of another sound."""
    for ends, matches in ((_PREFIXES, str.startswith), (_SUFFIXES, str.endswith)):
        mine, its = (next((end for end in ends if matches(one, end)), None) for one in (word, other))
        if mine and its and mine != its:
            return False
    if distance < Levenshtein.distance(word, other):  # two letters changed places
        return True
    word, other = word.replace("ph", "f"), other.replace("ph", "f")
    pairs = [
        (word[edit.src_pos], other[edit.dest_pos]) for edit in Levenshtein.editops(word, other) if edit.tag == "replace"
    ]
    return all(_are_alike(*pair) or (distance == 1 and _are_neighbours(*pair)) for pair in pairs)


def _are_alike(one: str, other: str) -> bool:
    return any(one in letters and other in letters for letters in _ALIKE)


def _are_neighbours(one: str, other: str) -> bool:
    return any(f"{one}{other}" in row or f"{other}{one}" in row for row in _KEYS)


def _consonants(word: str) -> str:
    """What is heard of a word: no vowels, no doubled letters."""
    return re.sub(r"[aeiouy]|(.)(?=\1)", "", word)


_LAY_WORDS = Vocabulary(LAY)
