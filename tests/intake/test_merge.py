"""One record from several documents: any order, nothing lost, every fact with its value."""

from itertools import permutations

from app.intake.merge import merge
from app.record.parts import Party, SourcedText, Title, TrialDate
from app.record.spans import Fact
from app.record.trial import Criterion, SourceDocument, Trial
from app.sources import parse
from tests.servers import CLINCONNECT


def record(source: str, complete: bool, number: int, **fields: object) -> Trial:
    document = f"{number:016x}"
    trial = Trial(
        id="NCT00000001",
        registry="ctgov",
        sources=[SourceDocument(id=document, source=source, name=f"{number}.txt", complete=complete)],
        **fields,
    )
    paths = [name for name in fields if isinstance(fields[name], str)]
    paths += [f"dates.{date.kind}" for date in trial.dates]
    paths += [f"parties.{n}.name" for n in range(len(trial.parties))]
    paths += [f"titles.{n}.text" for n in range(len(trial.titles))]
    trial.facts = [Fact(path=path, document=document, spans=[(number, number + 1)]) for path in paths]
    return trial


RECORDS = [
    record(
        "clinconnect",
        True,
        1,
        title="A",
        overall_status="recruiting",
        dates=[TrialDate(kind="launched", value="2026")],
        parties=[Party(role="lead-sponsor", name="S", kind="organization")],
        not_reported=["dates.completion"],
    ),
    record("clinconnect", False, 2, title="A cut", brief_summary="cut", criteria=[]),
    record(
        "trialx",
        True,
        3,
        title="B",
        detailed_description="whole",
        dates=[TrialDate(kind="completion", value="2027"), TrialDate(kind="launched", value="2020")],
        parties=[
            Party(role="lead-sponsor", name="T", kind="organization"),
            Party(role="study-chair", name="U", kind="person"),
        ],
        titles=[Title(kind="listing", text="B for all")],
        criteria=[Criterion(type="inclusion", position=1, text="Adults")],
    ),
]


def test_every_order_gives_the_same() -> None:
    results = {merge(order).model_dump_json() for order in permutations(RECORDS)}
    assert len(results) == 1


def test_field_by_field() -> None:
    merged = merge(RECORDS)
    assert (merged.title, merged.overall_status) == ("A", "recruiting")
    assert (merged.brief_summary, merged.detailed_description) == ("cut", "whole")
    assert [(d.kind, d.value) for d in merged.dates] == [("launched", "2026"), ("completion", "2027")]
    assert [(p.role, p.name) for p in merged.parties] == [("lead-sponsor", "S"), ("study-chair", "U")]
    assert merged.not_reported == [], "one document reports what the other does not"
    assert [c.text for c in merged.criteria] == ["Adults"]
    origin = {fact.path: fact.spans[0].start for fact in merged.facts}
    assert origin == {
        "title": 1,
        "overall_status": 1,
        "brief_summary": 2,
        "detailed_description": 3,
        "dates.launched": 1,
        "dates.completion": 3,
        "parties.0.name": 1,
        "parties.1.name": 3,
        "titles.0.text": 3,
    }


def test_a_document_that_adds_nothing_is_no_source() -> None:
    plain = record("clinconnect", True, 1, title="A")
    cut = record("clinconnect", False, 2, title="A c")
    assert merge([cut, plain]).sources == plain.sources


def test_every_cut_of_a_page_changes_nothing_about_the_whole() -> None:
    """Wherever a page is cut, merged with the whole one it takes nothing away and adds nothing false."""
    data = CLINCONNECT.read_bytes()
    whole = parse("whole", data).trial
    lines = data.split(b"\n")
    for number in range(4, len(lines) - 1, 3):
        cut = parse("cut", b"\n".join(lines[:number])).trial
        if not cut.id:
            continue
        assert not cut.sources[0].complete
        merged = merge([cut, whole])
        for field in ("title", "parties", "criteria", "cohorts", "sites", "plain_language_summary", "dates"):
            assert getattr(merged, field) == getattr(whole, field), (number, field)


def test_sourced_text_keeps_its_source() -> None:
    summary = SourcedText(text="plain words", source="trialx")
    merged = merge(
        [record("clinconnect", True, 1, title="A"), record("trialx", True, 2, plain_language_summary=summary)]
    )
    assert merged.plain_language_summary == summary
