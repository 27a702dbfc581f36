"""A listing page cut at its headings, with an eye on headings that were altered.

Headings and boilerplate are closed lists of exact lines. An altered heading would pass for text of the section
above it and bring the text below it with it, so a line that looks like one ends the section: what follows belongs
to no section until the next known heading.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.record.spans import verbatim
from app.sources.document import Document, Line
from app.sources.eligibility.headings import is_criteria_heading, is_near
from app.sources.eligibility.marks import read_item
from app.sources.pages.draft import Draft


@dataclass(frozen=True)
class Layout:
    """`headings` in the order of the page; `prose` are those under which any line would be taken for text
    (None: the head);
    `criteria` is the one above the eligibility criteria; `always_marked` says that every criterion has a list mark;
    `named_heading` finds headings that hold a name; `is_fact` knows lines much like a heading that are none."""

    headings: tuple[str, ...]
    prose: frozenset[str | None]
    criteria: str
    boilerplate: frozenset[str]
    always_marked: bool = False
    named_heading: Callable[[str], str | None] = lambda text: None
    is_fact: Callable[[str], bool] = lambda text: False


@dataclass
class Section:
    """`heading` is None for what stands above the first heading."""

    heading: str | None
    line: Line | None = None
    lines: list[Line] = field(default_factory=list)


def is_title_like(text: str) -> bool:
    """One to three words without a mark before or a stop after: what a heading looks like."""
    stripped = text.strip()
    return (
        len(stripped.split()) <= 3 and stripped[-1:] not in ".:;!?," and not read_item(Line(0, 0, len(text), text)).mark
    )


def split_sections(draft: Draft, layout: Layout) -> list[Section]:
    """The sections of the page. Headings and boilerplate are accounted for; so is nothing else.

    A heading with white space around it opens its section and is itself left unrecognized.
    """
    lines = draft.document.content
    found = [_heading(line, layout) for line in lines]
    ahead = _headings_ahead(found, layout)
    criteria_at = max((i for i, heading in enumerate(found) if heading == layout.criteria), default=-1)
    sections = [Section(None)]
    lost = False
    for i, line in enumerate(lines):
        current, heading = sections[-1], found[i]
        if heading:
            sections.append(Section(heading, line))
            lost = False
            if line.text == heading:
                draft.pass_over(line)
            elif line.text.strip() == heading:
                draft.pass_by(line)
        elif line.text in layout.boilerplate:
            draft.pass_over(line)
        elif is_criteria_heading(line) and (lost or i > criteria_at) and (lost or current.heading != layout.criteria):
            sections.append(Section(layout.criteria, None, [line]))
            lost = False
        elif lost:
            continue
        elif _is_altered_heading(line, current, ahead[i], layout):
            lost = True
        else:
            current.lines.append(line)
    return sections


def _heading(line: Line, layout: Layout) -> str | None:
    stripped = line.text.strip()
    return stripped if stripped in layout.headings else layout.named_heading(line.text)


def _headings_ahead(found: list[str | None], layout: Layout) -> list[str | None]:
    """For each line, the next heading after it."""
    ahead: list[str | None] = [None] * len(found)
    following: str | None = None
    for i in range(len(found) - 1, -1, -1):
        ahead[i] = following
        following = found[i] or following
    return ahead


def _is_altered_heading(line: Line, section: Section, ahead: str | None, layout: Layout) -> bool:
    if section.heading == layout.criteria and layout.always_marked and section.lines:
        return read_item(line).mark is None
    if read_item(line).mark is not None or layout.is_fact(line.text.strip()):
        return False
    if is_near(line.text, layout.headings):
        return True
    if section.heading not in layout.prose:
        return False
    place = layout.headings.index(section.heading) if section.heading else -1
    due = layout.headings.index(ahead) if ahead else len(layout.headings)
    return due > place + 1 and is_title_like(line.text)


def read_whole(document: Document, line: Line) -> str:
    """What stands on a line, as a value."""
    return verbatim(document.read(line.span))
