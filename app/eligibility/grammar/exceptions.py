"""Constraints in, the same with what restricts them out: `unless ...`, `(... is allowed)`, `for patients with ...`.

An exception anywhere in a constraint's sentence restricts it, also one that the next sentence states; a condition only
where it stands near. It is kept as text, to the end of its sentence or parentheses, at most `LONGEST` characters.
"""

from bisect import bisect_left
from typing import NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.beside import LEADS, SEXES, opening, read_beside
from app.eligibility.grammar.kin import says_for_age
from app.eligibility.grammar.whom import of_a_group, read_whom, replaced_beside
from app.eligibility.words.pieces import ALLOWANCE, CLOSE, CONDITION, CUE, EXCEPTION, OPEN, STOP, WORDS, Piece
from app.eligibility.words.tokens import NUMBER, WORD, Token

Placed = tuple[int, int, Constraint]
LONGEST = 300
"""Characters of an exception that are kept."""
REACH = 60
"""Tokens between a constraint and its exception."""
NEAR = 12
"""Tokens between a constraint and its condition."""
MOST_CUES = 8
ALTERNATE = 30
"""Tokens between a value and the one that replaces it for some."""
OPENING = 3
"""Tokens at the start of a sentence in which its condition may start."""
RANGED = ("measurement", "performance-status", "score", "age", "weight", "bmi")
OF_WOMEN = ("pregnancy", "breastfeeding", "contraception", "sex")
"""What always concerns some: `for women of childbearing potential` does not restrict it."""
CONTINUES = frozenset(("exception", "exceptions", "except", "unless", "however", "but", "otherwise"))
JOINS = frozenset(("or", "and", ","))
WAY = 7
ELSE = 14
NOTES = frozenset(("note", "or", "and", "however", "additionally"))
ONLY = frozenset(("only", "and", "or"))
OF_SOME = frozenset(("who", "with", "on", "whose", "receiving", "taking", "using", "treated", "previously", "not"))
FERTILE = frozenset(("childbearing", "child", "pregnant", "reproductive", "potential"))
"""Who is asked for a pregnancy test: that it is of some goes without saying."""
TREATED = frozenset(("receiving", "treated", "to", "on", "randomized", "assigned"))
"""`Participants to be treated with the drug: QTc > 450 ms`."""
DEMANDS = frozenset(("must", "should", "shall", "excluded"))
PEOPLE = frozenset(WORDS["people"].split())
MOST_PEOPLE = 30
"""Tokens of `Patients who have ... must`."""
ASIDE = 16
"""Tokens after a constraint in which parentheses with another value close."""


class Sentence(NamedTuple):
    """The tokens `first` to `end` (not included)."""

    first: int
    end: int
    cues: list[Piece]


class Reader:
    """The sentences with their cues, and the parentheses."""

    def __init__(self, text: str, tokens: list[Token], pieces: list[Piece], found: list[Placed]) -> None:
        self.text, self.tokens = text, tokens
        self.found = sorted(found, key=lambda placed: placed[:2])
        self.starts = [first for first, _, _ in self.found]
        self.sentences: list[Sentence] = []
        self.closed: dict[int, tuple[int, int]] = {}
        """Of each cue in parentheses: where they open and close."""
        self.group = of_a_group(tokens)
        self.ages = [(piece.first, piece.next) for piece in pieces if says_for_age(tokens, piece)]
        first = 0
        cues: list[Piece] = []
        opened: list[int] = []
        inside: list[list[int]] = []
        for piece in pieces:
            if piece.kind == STOP and not self.goes_on(piece.next, cues):
                self.sentences.append(Sentence(first, piece.first, cues))
                first, cues, opened, inside = piece.next, [], [], []
            elif piece.kind == OPEN:
                opened.append(piece.first)
                inside.append([])
            elif piece.kind == CLOSE and opened:
                start = opened.pop()
                for cue in inside.pop():
                    self.closed[cue] = start, piece.first
            elif piece.kind == CUE:
                cues.append(piece)
                if inside:
                    inside[-1].append(piece.first)
        self.sentences.append(Sentence(first, len(tokens), cues))
        self.ends = [sentence.end for sentence in self.sentences]

    def goes_on(self, at: int, cues: list[Piece]) -> bool:
        """Whether the next sentence belongs to the one before: `... within 5 years. Exceptions: ...`, and what is
        excepted, part by part: `except for a; or b`."""
        if at >= len(self.tokens):
            return False
        listed = self.tokens[at - 1].word == ";"
        excepted = any(cue.cue == EXCEPTION for cue in cues)
        return self.tokens[at].word in CONTINUES or (listed and excepted)

    def read(self) -> list[Placed]:
        answer = [
            (first, next, one._replace(exception=self.exception(number, first, next, one)))
            for number, (first, next, one) in enumerate(self.found)
        ]
        for number in range(len(answer) - 2, -1, -1):
            if answer[number][2].exception is None:
                answer[number] = self.alternate(answer, number)
        return [self.of_others(placed, number) for number, placed in enumerate(answer)]

    def of_others(self, placed: Placed, number: int) -> Placed:
        """The constraint with the group that its item is of, or with another value, which holds of others."""
        first, next, one = placed
        if one.exception is not None:
            return placed
        if self.group is not None:
            return first, next, one._replace(exception=self.kept(*self.group))
        return first, next, one._replace(exception=replaced_beside(self.found, number))

    def exception(self, number: int, first: int, next: int, one: Constraint) -> str | None:
        place = min(bisect_left(self.ends, first), len(self.sentences) - 1)
        sentence = self.sentences[place]
        for age in self.ages[:MOST_CUES]:
            if sentence.first <= age[0] <= sentence.end:
                return self.kept(*age)  # `ECOG 0-1 for patients 16 years and older`
        if (dose := self.of_a_way(first, next)) is not None:
            return dose
        if one.kind not in OF_WOMEN and (other := self.or_else(next, sentence.end)):
            return self.kept(other, sentence.end)
        if one.kind not in OF_WOMEN:
            aside = self.aside(next)
            if aside is not None:
                return aside
            beside = read_beside(self.tokens, first, next, one, self.of_sentence(sentence, number))
            if beside is not None:
                return self.kept(*beside)
            footnote = self.tokens[next : next + 2]
            if footnote and footnote[0].word == "*" and (len(footnote) == 1 or footnote[1].kind == WORD):
                return self.kept(next, next + 1)
            if one.kind in RANGED[:3] and first and self.tokens[first - 1].word in SEXES:
                return self.kept(first - 1, next)
        after = bisect_left(sentence.cues, next, key=lambda cue: cue.first)
        following = self.following(number, next)
        for cue in sentence.cues[after : after + MOST_CUES]:
            if cue.first > next + REACH:
                break
            _, close = self.closed.get(cue.first, (0, sentence.end))
            if cue.cue == ALLOWANCE:
                return self.kept(max(next, self.closed.get(cue.first, (next, 0))[0]), close)
            said = one.kind not in OF_WOMEN or self.tokens[cue.first].word in ("if", "when")
            if cue.cue == EXCEPTION or (said and self.near(cue, next, following)):
                return self.kept(cue.first, close)
        for cue in sentence.cues[max(0, after - MOST_CUES) : after][::-1]:
            _, close = self.closed.get(cue.first, (0, sentence.end))
            passed = close < first - 1 and (one.kind != "duration" or cue.cue == CONDITION)
            if passed or first - cue.next > REACH:
                continue
            if cue.cue in (EXCEPTION, ALLOWANCE) or self.leads(cue, first, sentence, one):
                start = cue.first if cue.cue != ALLOWANCE else max(sentence.first, cue.first - NEAR)
                return self.kept(start, next)
        if one.kind not in OF_WOMEN and (some := self.of_some(sentence, first)):
            return self.kept(sentence.first, some)
        if whom := read_whom(self.tokens, sentence.first, sentence.end, self.found[number]):
            return self.kept(*whom)
        return self.later(place, first, one)

    def of_sentence(self, sentence: Sentence, number: int) -> list[Placed]:
        """The constraints around one in its sentence."""
        start = max(0, number - MOST_CUES)
        return [one for one in self.found[start : number + MOST_CUES] if sentence.first <= one[0] < sentence.end]

    def aside(self, next: int) -> str | None:
        """Another value for some, in parentheses: `at least 4 weeks since chemotherapy (6 weeks for nitrosoureas)`."""
        words = [token.word for token in self.tokens[next : next + ASIDE]]
        if "(" not in words:
            return None
        start = words.index("(")
        if ")" not in words[start:] or any(word in (".", ";", ",") for word in words[:start]):
            return None
        end = words.index(")", start)
        inside = words[start + 1 : end]
        numbers = any(token.kind == NUMBER for token in self.tokens[next + start : next + end])
        of_people = start <= 2 and set(inside) <= PEOPLE | ONLY and bool(inside)
        if not of_people and not (numbers and (LEADS.intersection(inside) or inside[0] in PEOPLE)):
            return None
        return self.kept(next + start + 1, next + end)

    def or_else(self, next: int, end: int) -> int:
        """Where an alternative to it begins: `within 4 weeks, or patients have recovered`; 0 where none does."""
        for at in range(next, min(next + ELSE, end - 1)):
            if self.tokens[at].word == "or":
                words = {token.word for token in self.tokens[at : at + 6]}
                return at if "recovered" in words and "not" not in words else 0
        return 0

    def of_a_way(self, first: int, next: int) -> str | None:
        """One value of several, each with its kind in parentheses: `4 weeks (oral) or 8 weeks (by injection)`."""
        words = [token.word for token in self.tokens[next : next + WAY]]
        if words[:1] != ["("] or ")" not in words:
            return None
        close = next + words.index(")")
        if any(token.kind != WORD for token in self.tokens[next + 1 : close]):
            return None
        after = self.tokens[close + 1 : close + 3]
        another = len(after) == 2 and after[0].word in JOINS and after[1].kind == NUMBER
        before = [token.word for token in self.tokens[max(0, first - 2) : first]]
        return self.kept(next + 1, close) if another or (before[:1] == [")"] and before[-1] in JOINS) else None

    def later(self, place: int, first: int, one: Constraint) -> str | None:
        """What the next sentence excepts: `... within 5 years. Patients with ... are eligible`."""
        if place + 1 >= len(self.sentences):
            return None
        sentence = self.sentences[place + 1]
        if self.asks_again(sentence, first, one) or self.gives_another(sentence):
            return self.kept(sentence.first, sentence.end)
        if not any(self.excepts_before(cue, sentence) for cue in sentence.cues[:MOST_CUES]):
            return self.after_next(place)
        return self.kept(sentence.first, sentence.end)

    def after_next(self, place: int) -> str | None:
        """What the sentence after the next allows some: `... Patients on warfarin are eligible if ...`."""
        if place + 2 >= len(self.sentences) or self.tokens[self.ends[place]].word != ".":
            return None
        sentence = self.sentences[place + 2]
        if sentence.first >= len(self.tokens) or self.tokens[sentence.first].word not in PEOPLE:
            return None
        allows = any(cue.cue == ALLOWANCE for cue in sentence.cues[:MOST_CUES])
        return self.kept(sentence.first, sentence.end) if allows else None

    def asks_again(self, sentence: Sentence, first: int, one: Constraint) -> bool:
        """`Protein < 2+. If protein is 2+ or more, that of a day ...`: of the same thing, for some."""
        words = [token.word for token in self.tokens[sentence.first : sentence.first + NEAR]]
        return one.kind in RANGED[:3] and words[:1] == ["if"] and self.tokens[first].word in words

    def gives_another(self, sentence: Sentence) -> bool:
        """`... a negative test; or women must be sterile`."""
        words = [token.word for token in self.tokens[sentence.first : sentence.first + 2]]
        return len(words) > 1 and words[0] == "or" and words[1] in PEOPLE

    def excepts_before(self, cue: Piece, sentence: Sentence) -> bool:
        names = cue.cue == EXCEPTION and self.tokens[cue.first].word in CONTINUES
        return cue.cue == ALLOWANCE or (names and cue.first - sentence.first <= OPENING)

    def following(self, number: int, next: int) -> int:
        """Where the next constraint starts that is not joined to this one: `A ≤ 3 and B ≤ 1 if ...`"""
        for later in range(number + 1, min(number + 1 + MOST_CUES, len(self.found))):
            first, after, _ = self.found[later]
            if first < next:
                continue
            between = [token.word for token in self.tokens[next:first]]
            if len(between) > 4 or not {"and", "or"} & set(between) or "," in between:
                return first
            next = max(next, after)
        return len(self.tokens)

    def near(self, cue: Piece, next: int, following: int) -> bool:
        return cue.first < following and cue.first - next <= NEAR

    def leads(self, cue: Piece, first: int, sentence: Sentence, one: Constraint) -> bool:
        """Whether a condition opens what the constraint stands in: `for patients with metastases: ≤ 5 x ULN`."""
        fertile = FERTILE.intersection(token.word for token in self.tokens[cue.next : cue.next + OPENING])
        if one.kind in OF_WOMEN or fertile:
            return False
        if self.tokens[cue.first].word not in LEADS:  # `liver metastases, ALT > 5 x ULN`
            named = self.tokens[cue.first].word not in PEOPLE
            return named and one.kind == "measurement" and cue.cue == CONDITION and first - cue.next <= OPENING
        start = max(sentence.first, self.closed.get(cue.first, (0, 0))[0])
        words = sum(token.kind == WORD for token in self.tokens[start : min(cue.first, start + NEAR)])
        return first - cue.next <= NEAR - 2 or words < OPENING

    def of_some(self, sentence: Sentence, first: int) -> int:
        """The token after the words with which the sentence says of whom it speaks; 0 where it does not.

        `For all other patients, at least 14 weeks`; `Patients who took steroids must have a stable dose for 4 weeks`.
        """
        at = sentence.first
        while at < first and (self.tokens[at].kind != WORD or self.tokens[at].word in NOTES or self.is_label(at)):
            at += 1
        words = [token.word for token in self.tokens[at : min(first, at + MOST_PEOPLE)]]
        if FERTILE.intersection(words):
            return 0
        if some := opening(self.tokens, first, at):
            return some
        if len(words) > 1 and words[0] in PEOPLE and words[1] in TREATED and ":" in words:
            return at + words.index(":")
        if words[:1] in (["for"], ["in"]):
            people = next((place for place, word in enumerate(words) if word in PEOPLE), 0)
            return at + people + 1 if people else 0
        if len(words) > 1 and words[0] in PEOPLE and words[1] in OF_SOME:
            must = next((place for place, word in enumerate(words) if word in DEMANDS), 0)
            return at + must if must else 0
        return 0

    def is_label(self, at: int) -> bool:
        """A list's letter: `b)`."""
        following = self.tokens[at + 1].word if at + 1 < len(self.tokens) else ""
        word = self.tokens[at].word
        return (len(word) == 1 or set(word) <= {"i", "v", "x"}) and following in (")", ".")

    def kept(self, first: int, end: int) -> str:
        opening = self.tokens[first].start
        closing = min(self.tokens[max(first, end - 1)].end, opening + LONGEST)
        return self.text[opening:closing].strip(" \n\t(,;")

    def alternate(self, found: list[Placed], number: int) -> Placed:
        """A constraint that another value replaces for some (`≤ 2.5 x ULN (≤ 5 x ULN if ...)`) is not plain."""
        first, next, one = found[number]
        if one.kind not in RANGED:
            return found[number]
        for other_first, _, other in found[number + 1 : number + 5]:
            if (other.kind, other.code) != (one.kind, one.code) or other.start < one.end or other.exception is None:
                continue
            if other_first - next > ALTERNATE:
                break
            end = self.text.find(other.exception, other.start, other.end + LONGEST)
            end = max(other.end, end + len(other.exception) if end >= 0 else 0)
            kept = self.text[other.start : min(end, other.start + LONGEST)].strip()
            return first, next, one._replace(exception=kept)
        return found[number]


def with_exceptions(text: str, tokens: list[Token], pieces: list[Piece], found: list[Placed]) -> list[Placed]:
    """Every constraint with the text that restricts it, if there is any."""
    return Reader(text, tokens, pieces, found).read() if found else []
