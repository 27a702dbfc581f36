"""ClinConnect trial pages saved as text (https://www.clinconnect.io): document -> Parsed.

The page prints the sponsor in capitals, names groups of people inside a flattened criteria list, and lists no
conditions. Its summary is its own, not the registry's.
"""

import re

from app.record.codes import PARTY_ROLE, SEX, STATUS
from app.record.parts import Party, SourcedText
from app.record.spans import Span
from app.record.trial import Parsed, Statement, TrialSite
from app.sources.conversions import TIMELINE, read_date, read_not_reported
from app.sources.countries import country_code, split_place
from app.sources.document import Document, Line
from app.sources.pages.draft import Draft
from app.sources.pages.population import take_population
from app.sources.pages.sections import Layout, Section, read_whole, split_sections

NAME = "clinconnect"
LOOKS_LIKE = (
    "a ClinConnect page has lines such as `Trial Information`, `ClinConnect Summary` and `Eligibility criteria`"
)

_LOGO = "ClinConnect ClinConnect Logo"
_ABOUT = "About "
_END = "Similar Trials"
HEADINGS = (
    "Keywords",
    "ClinConnect Summary",
    "Gender",
    "Eligibility criteria",
    _ABOUT,
    "Locations",
    "Patients applied",
    "Trial Officials",
    "Timeline",
    _END,
)
BOILERPLATE = frozenset({_LOGO, "Trial Information"})
"""Beside the headings, and those labels of the timeline that have no value."""
_SIGNATURE = frozenset({*HEADINGS, *BOILERPLATE})
_PAGE = re.compile(r"Search / Trial (?P<id>NCT\d{8})")
_PATIENTS = re.compile(r"\d{1,9} patients? applied")
_LAUNCHED = "Launched by "
_CURRENT = "Current as of "


def recognize(document: Document) -> int:
    """The number of this layout's own lines that the document has."""
    lines = {line.text.strip() for line in document.lines}
    own = any(_PAGE.fullmatch(line) for line in lines) + any(
        line.startswith(_LAUNCHED) and "·" in line for line in lines
    )
    return len(lines & _SIGNATURE) + own


def parse(document: Document) -> Parsed:
    return _Page(document).read()


class _Page:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.draft = Draft(document)
        self.sex: Span | None = None
        self.criteria: list[Line] = []
        self.sponsor: Span | None = None
        self.about: list[tuple[Line, list[Line]]] = []
        self.officials: list[Line] = []
        self.ended = False
        for line in document.content:
            if self.sponsor is None:
                self.sponsor = _sponsor_span(line)

    def read(self) -> Parsed:
        draft = self.draft
        layout = Layout(
            headings=HEADINGS,
            prose=frozenset({"Keywords", "ClinConnect Summary", _ABOUT}),
            criteria="Eligibility criteria",
            boilerplate=BOILERPLATE,
            always_marked=True,
            named_heading=self._about_heading,
            is_fact=lambda text: _PATIENTS.fullmatch(text) is not None,
        )
        sections = split_sections(draft, layout)
        readers = {
            None: self._read_head,
            "Keywords": self._read_keywords,
            "ClinConnect Summary": self._read_summary,
            "Gender": self._read_gender,
            "Eligibility criteria": self._read_criteria,
            _ABOUT: self._read_about,
            "Locations": self._read_locations,
            "Patients applied": self._read_patients,
            "Trial Officials": self._read_officials,
            "Timeline": self._read_timeline,
            _END: self._read_end,
        }
        for section in sections:
            readers[section.heading](section)
        self._take_sponsor()
        self._take_officials()
        take_population(draft, self.criteria, self.sex, None)
        missing = [
            *([] if draft.trial.id and draft.trial.title else ["its head (`Search / Trial NCT…` and the title)"]),
            *([] if self.ended else [f"its last line, `{_END}`"]),
        ]
        return draft.finish(NAME, not missing, "it lacks " + " and ".join(missing))

    def _about_heading(self, text: str) -> str | None:
        name = text.removeprefix(_ABOUT)
        if name == text or not name.strip():
            return None
        if self.sponsor:
            return _ABOUT if name.strip().casefold() == self.document.read(self.sponsor).casefold() else None
        return _ABOUT if len(name.split()) <= 15 and not name.endswith((".", "?")) else None

    def _read_head(self, section: Section) -> None:
        """The title is the line after `Search / Trial`, or else the last one above what the page says of itself."""
        draft, before = self.draft, list[Line]()
        title: Line | None = None
        searched = titled = False
        for line in section.lines:
            text = line.text.strip()
            page = _PAGE.fullmatch(text)
            if page:
                start = line.span.start + page.start("id")
                draft.take_registry_id(Span(start, start + len(page["id"])))
                searched = True
            elif self._read_head_fact(line, text):
                titled = True
            elif searched and not title and not titled:
                title = line
            elif not searched and not titled:
                before.append(line)
            elif text.istitle() and len(text.split()) <= 4:
                draft.issue("unknown-word", "warning", f"{text!r} is no status that is known here", line.number)
        title = title or (before[-1] if before and not searched else None)
        if title:
            draft.trial.title = draft.take("title", title.span)

    def _read_head_fact(self, line: Line, text: str) -> bool:
        draft, start = self.draft, line.span.start
        if text.startswith(_LAUNCHED) and "·" in text:
            at = text.rindex("·") + 1
            lead = len(text[at:]) - len(text[at:].lstrip())
            return draft.take_date("launched", Span(start + at + lead, line.span.end))
        if text.startswith(_CURRENT):
            return draft.take_date("as-of", Span(start + len(_CURRENT), line.span.end))
        if STATUS.read(text) and draft.trial.overall_status is None:
            draft.trial.overall_status = draft.take("overall_status", line.span, conversion="status")
            return True
        return False

    def _read_keywords(self, section: Section) -> None:
        """One line; where one keyword ends and the next begins was lost, so it stays one string."""
        for line in section.lines[:1]:
            self.draft.trial.keywords.append(self.draft.take("keywords.0", line.span))
            message = "the separators of the keywords were lost; the line is kept as one"
            self.draft.issue("keywords-unsplit", "information", message, line.number)

    def _read_summary(self, section: Section) -> None:
        if section.lines and not self.draft.trial.plain_language_summary:
            text = self.draft.take_prose("plain_language_summary.text", section.lines) or ""
            self.draft.trial.plain_language_summary = SourcedText(text=text, source=NAME)

    def _read_gender(self, section: Section) -> None:
        for line in section.lines[:1]:
            if SEX.read(line.text):
                self.sex = line.span
            else:
                self.draft.issue(
                    "unknown-word", "warning", f"{line.text.strip()!r} is no sex that is known here", line.number
                )

    def _read_criteria(self, section: Section) -> None:
        self.criteria += section.lines

    def _read_about(self, section: Section) -> None:
        if section.line:
            self.about.append((section.line, section.lines))

    def _read_locations(self, section: Section) -> None:
        draft = self.draft
        for line in section.lines:
            place = split_place(self.document.read(line.span), line.span.start)
            cut = line is self.document.content[-1]
            if not place or (cut and not country_code(self.document.read(place["country"]))):
                continue
            path = f"sites.{len(draft.trial.sites)}"
            parts = {part: draft.take(f"{path}.{part}", span) for part, span in place.items()}
            code = draft.take(f"{path}.country_code", place["country"], conversion="country-code")
            if code is None:
                message = f"{parts['country']!r} is no country name that is known here"
                draft.issue("unknown-country", "warning", message, line.number)
            draft.trial.sites.append(TrialSite(**parts, country_code=code))

    def _read_patients(self, section: Section) -> None:
        for line in section.lines[:1]:
            if section.line and _PATIENTS.fullmatch(line.text.strip()):
                path = f"statements.{len(self.draft.trial.statements)}"
                label = self.draft.take(f"{path}.label", section.line.span)
                self.draft.trial.statements.append(
                    Statement(label=label, text=self.draft.take(f"{path}.text", line.span))
                )

    def _read_officials(self, section: Section) -> None:
        self.officials += section.lines

    def _take_officials(self) -> None:
        """Name, role, affiliation, each on its own line; the affiliation may be missing."""
        draft, lines = self.draft, self.officials
        roles = [i for i, line in enumerate(lines) if i and PARTY_ROLE.read(line.text)]
        names = [*(role - 1 for role in roles[1:]), len(lines)]
        for i, following in zip(roles, names, strict=False):
            path = f"parties.{len(draft.trial.parties)}"
            affiliation = None
            if i + 1 < following:
                affiliation = draft.take(f"{path}.affiliation", lines[i + 1].span)
            name = draft.take(f"{path}.name", lines[i - 1].span)
            role = draft.take(f"{path}.role", lines[i].span, conversion="party-role")
            draft.trial.parties.append(Party(role=role, name=name, kind="person", affiliation=affiliation))

    def _read_timeline(self, section: Section) -> None:
        """Labels, each with its date below it, with `Not reported`, or with nothing."""
        draft, label = self.draft, None
        for line in section.lines:
            text = read_whole(self.document, line)
            if text in TIMELINE:
                if line.text == text:
                    draft.pass_over(line)
                else:
                    draft.pass_by(line)
                label = line
                continue
            known = read_whole(self.document, label) if label else ""
            if label and read_not_reported([known, text]):
                path = f"not_reported.{len(draft.trial.not_reported)}"
                draft.trial.not_reported.append(draft.take(path, label.span, line.span, conversion="not-reported"))
            elif label and read_date(text):
                kind = TIMELINE[known]
                draft.take_date(kind, line.span, "estimated" if kind == "completion" else None)
                draft.keep(label.span)
            label = None

    def _read_end(self, section: Section) -> None:
        self.ended = section.line is not None

    def _take_sponsor(self) -> None:
        """The party of `Launched by`, spelt as an official's affiliation where that is the same name."""
        draft, name_span = self.draft, self.sponsor
        trial = draft.trial
        if not name_span and self.about:
            heading = self.about[0][0]
            name_span = Span(heading.span.start + len(_ABOUT), heading.span.end)
            message = "the sponsor's name is taken from a heading whose capitals are the page's own"
            draft.issue("respelled-name", "warning", message, heading.number)
        if not name_span:
            return
        printed = self.document.read(name_span)
        path = "parties.0"
        spelt = [line.span for line in self.officials if line.text.strip().casefold() == printed.casefold()]
        if spelt and printed.isupper():
            name = draft.take(f"{path}.name", name_span, spelt[0], conversion="respelled-name")
        else:
            name = draft.take(f"{path}.name", name_span)
        if name.isupper():
            draft.issue("upper-case-name", "information", f"{name!r} is given in capitals only", draft.line(name_span))
        party = Party(role="lead-sponsor", name=name, kind="organization")
        for heading, lines in self.about:
            if lines and party.description is None:
                party.description = draft.take_prose(f"{path}.description", lines)
            if party.description:
                draft.keep(heading.span)
        trial.parties.append(party)


def _sponsor_span(line: Line) -> Span | None:
    text = line.text.strip()
    if not text.startswith(_LAUNCHED) or "·" not in text:
        return None
    name = text[len(_LAUNCHED) : text.rindex("·")]
    start = line.span.start + len(_LAUNCHED) + len(name) - len(name.lstrip())
    return Span(start, start + len(name.strip())) if name.strip() else None
