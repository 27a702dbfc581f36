"""TrialX listing pages saved as text (https://trialx.com): document -> Parsed.

Outcomes are read out of the description's text; the unlabelled date under `Study details` is the last update.
"""

import re

from app.record.codes import SEX, STATUS
from app.record.parts import Party, SourcedText, Title
from app.record.spans import Span
from app.record.trial import Parsed
from app.sources.conversions import read_date, read_phases
from app.sources.document import Document, Line
from app.sources.eligibility.headings import is_near
from app.sources.eligibility.marks import read_item
from app.sources.pages.draft import Draft
from app.sources.pages.outcomes import take_outcomes
from app.sources.pages.population import is_age_line, take_population
from app.sources.pages.sections import Layout, Section, split_sections

NAME = "trialx"
LOOKS_LIKE = "a TrialX listing has lines such as `Overview`, `Description`, `Eligibility` and `Study details`"

_IMAGE = "Image"
_END = "  • Send it to people through a passcode protected link."
HEADINGS = ("Overview", "Description", "Eligibility", "Study details")
BOILERPLATE = frozenset(
    {
        _IMAGE,
        "Powered by AI",
        "Step 1 Get in touch with the nearest study center",
        "What happens next?",
        "  • You can expect the study team to contact you via email or phone in the next few days.",
        "We have submitted the contact information you provided to the research team at {{SITE_NAME}}."
        " A copy of the message has been sent to your email for your records.",
        "Would you like to be notified about other trials? Sign up for Patient Notification Services.",
        "Sign up",
        "Send a message",
        "Enter your contact details to connect with study team",
        "Investigator Avatar",
        "Primary Contact",
        "\u00a0 Other languages supported:",
        "First name*",
        "Last name*",
        "Email*",
        "Phone number*",
        "Other language",
        "FAQs",
        "Learn more about clinical trials",
        "What is a clinical trial?",
        "A clinical trial is a study designed to test specific interventions or treatments' effectiveness and safety,"
        " paving the way for new, innovative healthcare solutions.",
        "Why should I take part in a clinical trial?",
        "Participating in a clinical trial provides early access to potentially effective treatments and directly"
        " contributes to the healthcare advancements that benefit us all.",
        "How long does a clinical trial take place?",
        "The duration of clinical trials varies. Some trials last weeks, some years, depending on the phase and"
        " intention of the trial.",
        "Do I get compensated for taking part in clinical trials?",
        "Compensation varies per trial. Some offer payment or reimbursement for time and travel, while others may not.",
        "How safe are clinical trials?",
        "Clinical trials follow strict ethical guidelines and protocols to safeguard participants' health."
        " They are closely monitored and safety reviewed regularly.",
        "Add a private note",
        "  • abc Select a piece of text.",
        "  • Add notes visible only to you.",
        _END,
    }
)
_SHORT = tuple(line for line in BOILERPLATE if len(line) <= 60)
_SIGNATURE = frozenset({*HEADINGS, *BOILERPLATE})
_ID = re.compile(r"NCT\d{8}")


def recognize(document: Document) -> int:
    """The number of this layout's own lines that the document has."""
    return len({line.text for line in document.lines} & _SIGNATURE)


def _is_head_fact(text: str) -> bool:
    return bool(STATUS.read(text) or is_age_line(text) or SEX.read(text) or read_phases(text))


def parse(document: Document) -> Parsed:
    return _Page(document).read()


class _Page:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.draft = Draft(document)
        self.sex: Span | None = None
        self.ages: Span | None = None
        self.criteria: list[Line] = []

    def read(self) -> Parsed:
        draft = self.draft
        layout = Layout(
            headings=HEADINGS,
            prose=frozenset({None, *HEADINGS[:3]}),
            criteria="Eligibility",
            boilerplate=BOILERPLATE,
            is_fact=_is_head_fact,
        )
        readers = {
            None: self._read_head,
            "Overview": self._read_overview,
            "Description": self._read_description,
            "Eligibility": self._read_criteria,
            "Study details": self._read_details,
        }
        for section in split_sections(draft, layout):
            readers[section.heading](section)
        take_population(draft, self.criteria, self.sex, self.ages)
        missing = [
            *([] if draft.trial.title else ["its head (the title)"]),
            *([] if self.document.content[-1].text == _END else [f"its last line, `{_END.strip()}`"]),
        ]
        return draft.finish(NAME, not missing, "it lacks " + " and ".join(missing))

    def _read_head(self, section: Section) -> None:
        """Titles, then a block of status, ages, sex and phase, then (on some pages) the listing's own summary."""
        lines = section.lines
        first = next((i for i, line in enumerate(lines) if _is_head_fact(line.text.strip())), None)
        if first is None:
            self._take_titles(lines[:2])
            return
        block = first
        while block and lines[block - 1].number == lines[block].number - 1:
            block -= 1
        self._take_titles(lines[: block or first])
        end = first
        while end < len(lines) and (end == first or lines[end].number == lines[end - 1].number + 1):
            end += 1
        facts = lines[block or first : end]
        prose = lines[end:]
        for line in facts:
            if not self._read_fact(line):
                if len(line.text.split()) > 12:
                    prose.insert(0, line)
                else:
                    text = line.text.strip()
                    self.draft.issue(
                        "unknown-word", "warning", f"{text!r} is no status, age, sex or phase known here", line.number
                    )
        self._take_summary(sorted(prose))

    def _take_titles(self, lines: list[Line]) -> None:
        """At most two, right above the facts; anything above them belongs to no title."""
        titles = [line for line in lines if not is_near(line.text, _SHORT)][-2:]
        if titles:
            self.draft.trial.title = self.draft.take("title", titles[0].span)
        for line in titles[1:]:
            if line.text.strip() == titles[0].text.strip():
                self.draft.keep(line.span)
            else:
                self.draft.trial.titles.append(Title(kind="listing", text=self.draft.take("titles.0.text", line.span)))

    def _read_fact(self, line: Line) -> bool:
        draft, text = self.draft, line.text.strip()
        trial = draft.trial
        if STATUS.read(text) and trial.overall_status is None:
            trial.overall_status = draft.take("overall_status", line.span, conversion="status")
        elif is_age_line(text) and self.ages is None:
            self.ages = line.span
        elif SEX.read(text) and self.sex is None:
            self.sex = line.span
        elif (phases := read_phases(text)) and not trial.phases:
            names = ("phase-1st", "phase-2nd", "phase-3rd")
            trial.phases = [
                draft.take(f"phases.{i}", line.span, conversion=name)
                for i, name in zip(range(len(phases)), names, strict=False)
            ]
        else:
            return False
        return True

    def _take_summary(self, lines: list[Line]) -> None:
        """Sentences and list items only: a lone word here is more likely an altered heading."""
        prose = [
            line
            for line in lines
            if (read_item(line).mark or line.text.rstrip()[-1] in ".!?:;") and not is_near(line.text, _SHORT)
        ]
        if prose:
            text = self.draft.take_prose("plain_language_summary.text", prose) or ""
            self.draft.trial.plain_language_summary = SourcedText(text=text, source=NAME)

    def _read_overview(self, section: Section) -> None:
        if not self.draft.trial.brief_summary:
            self.draft.trial.brief_summary = self.draft.take_prose("brief_summary", section.lines)

    def _read_description(self, section: Section) -> None:
        if not self.draft.trial.detailed_description:
            self.draft.trial.detailed_description = self.draft.take_prose("detailed_description", section.lines)
            take_outcomes(self.draft, section.lines)

    def _read_criteria(self, section: Section) -> None:
        self.criteria += section.lines

    def _read_details(self, section: Section) -> None:
        """Conditions (indented), then the registry's number, the sponsor and a date, each on a line. Nothing below
        the first line of boilerplate is data: the contact form names the site that it writes to."""
        draft = self.draft
        trial = draft.trial
        lines = self._above_boilerplate(section)
        numbered = any(_ID.fullmatch(line.text.strip()) for line in lines)
        seen = dated = False
        for line in lines:
            text = line.text.strip()
            if _ID.fullmatch(text):
                draft.take_registry_id(line.span)
                seen = True
            elif dated:
                continue
            elif not seen:
                if numbered or line.text[0].isspace():
                    draft.take_condition(read_item(line).span)
            elif read_date(text):
                dated = draft.take_date("last-update", line.span)
            elif not trial.parties and not is_near(line.text, _SHORT):
                name = draft.take("parties.0.name", line.span)
                trial.parties.append(Party(role="lead-sponsor", name=name, kind="organization"))
                if name.isupper():
                    draft.issue("upper-case-name", "information", f"{name!r} is given in capitals only", line.number)

    def _above_boilerplate(self, section: Section) -> list[Line]:
        start = section.line.number if section.line else 0
        below = (line.number for line in self.document.content if line.number > start and line.text in BOILERPLATE)
        end = next(below, len(self.document.lines) + 1)
        return [line for line in section.lines if line.number < end]
