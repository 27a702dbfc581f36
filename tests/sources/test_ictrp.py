"""WHO ICTRP: the export's records, the registries' format, and the words, dates and texts in their fields."""

import string
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.record.registries import REGISTRIES, registry_id, registry_of, trial_id
from app.record.trial import Trial
from app.sources import ictrp
from app.sources.exports.ids import read_identifiers
from app.sources.exports.text import clean_html, repair, split_list
from app.sources.ictrp.words import (
    read_sex,
    read_source_age,
    read_source_date,
    read_source_phases,
    read_status,
)

HERE = Path(__file__).parent
RECORDS = list(ET.parse(HERE / "ictrp-export.xml").getroot())
SENT = next(iter(ET.parse(HERE / "ictrp-registry.xml").getroot()))


def parse(**fields: str) -> Trial:
    """A record of the export with these fields."""
    element = ET.Element("Trial")
    for name, text in {"TrialID": "NCT99999901", **fields}.items():
        ET.SubElement(element, name).text = text
    return ictrp.parse_xml(element, "0123456789abcdef")


def issues(trial: Trial) -> list[str]:
    return [issue.code for issue in trial.issues]


def all_text(trial: Trial) -> str:
    """Every text of the record, white space folded."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        else:
            found.append(" ".join(str(value).split()))

    walk(trial.model_dump(exclude={"issues"}))
    return "\n".join(found)


def test_recognizes_both_shapes() -> None:
    assert [ictrp.recognize_xml(element.tag) for element in (*RECORDS, SENT)] == [True, True, True]
    assert not ictrp.recognize_xml("clinical_study")
    assert not ictrp.recognize_xml("Trials_downloaded_from_ICTRP")


def test_a_record_of_the_export() -> None:
    trial = ictrp.parse_xml(RECORDS[0], "0123456789abcdef")
    assert (trial.id, trial.registry) == ("CTRI.2031.04.099901", "ctri")
    assert [(i.kind, i.value, i.system) for i in trial.identifiers] == [
        ("registry", "CTRI/2031/04/099901", "https://ctri.nic.in"),
        ("universal", "U1111-9999-0001", None),
        ("secondary", "NCT99999902", "https://clinicaltrials.gov"),
        ("secondary", "FICTIVE-7", None),
    ]
    assert trial.title == "Examplumab for Imaginary Disease & Co"
    assert [(title.kind, title.text) for title in trial.titles] == [
        ("official", "A trial of examplumab at 10^9/L"),
        ("acronym", "EXIMA"),
    ]
    assert trial.overall_status == "recruiting"
    assert (trial.phases, trial.sex) == (["phase-2", "phase-3"], "all")
    assert [(date.kind, date.value) for date in trial.dates] == [
        ("registered", "2031-04-02"),
        ("enrollment-start", "2031-05"),
        ("last-update", "2031-04-05"),
        ("as-of", "2031-06-07"),
    ]
    assert trial.design and (trial.design.study_type, trial.design.enrollment) == ("interventional", 240)
    assert [(party.role, party.name) for party in trial.parties] == [
        ("lead-sponsor", "Institute of Examples"),
        ("collaborator", "Fund for Fiction"),
        ("collaborator", "Second Fund (A; B)"),
    ]
    assert [(contact.name, contact.phone, contact.email) for contact in trial.contacts] == [
        ("Dr Ada Nobody", "+00 1", "ada@example.org"),
        ("Ben Nowhere", None, "ben@example.org"),
    ]
    assert [condition.text for condition in trial.conditions] == ["Imaginary disease, severe", "Fictive syndrome"]
    assert trial.keywords == ["Diseases [X]"]
    assert [intervention.name for intervention in trial.interventions] == ["Examplumab 10 mg (a; b)", "Placebo"]
    assert [(outcome.type, outcome.measure, outcome.time_frame) for outcome in trial.outcomes] == [
        ("primary", "Survival", "At 28 days"),
        ("primary", "Score below <5 points", None),
        ("secondary", "Comfort", None),
    ]
    assert [(site.country, site.country_code) for site in trial.sites] == [
        ("India", "IN"),
        ("Iran (Islamic Republic of)", "IR"),
    ]
    assert trial.facts == []
    assert trial.sources[0].model_dump() == {
        "id": "0123456789abcdef",
        "source": "ictrp",
        "name": "CTRI.2031.04.099901",
        "complete": True,
    }


def test_criteria_are_one_text_with_spans_in_it() -> None:
    trial = ictrp.parse_xml(RECORDS[0], "d")
    assert trial.population and trial.population.criteria_text
    text = trial.population.criteria_text
    assert [(c.type, c.depth, c.label, c.text) for c in trial.criteria] == [
        ("inclusion", 0, "1.", "Adults with:"),
        ("inclusion", 1, "a.", "fever, or"),
        ("inclusion", 1, "b.", "platelets <150 x 10^9/L and >5"),
        ("inclusion", 0, "2.", "Consent & assent"),
        ("exclusion", 0, "-", "Pregnancy"),
        ("exclusion", 0, "-", "Age <18 years"),
    ]
    for criterion in trial.criteria:
        assert "".join(text[start:end] for start, end in criterion.spans) == criterion.text
    cohort = trial.cohorts[0]
    assert (cohort.sex, cohort.minimum_age, cohort.maximum_age) == ("all", trial.minimum_age, None)
    assert trial.minimum_age and (trial.minimum_age.value, trial.minimum_age.unit) == (18, "years")


def test_a_record_in_the_format_of_the_registries() -> None:
    trial = ictrp.parse_xml(SENT, "d")
    assert (trial.id, trial.registry) == ("PER-901-31", "repec")
    assert [(i.kind, i.value, i.domain) for i in trial.identifiers] == [
        ("registry", "PER-901-31", None),
        ("secondary", "FIC-0-1", "Institute of Examples"),
        ("secondary", "NCT99999903", "CLINICAL TRIALS GOV"),
    ]
    assert trial.title is None
    assert trial.date("registered") == "2031-10-27"
    assert [(date.kind, date.type) for date in trial.dates if date.kind == "enrollment-start"] == []
    assert [(c.name, c.email) for c in trial.contacts] == [("Eva M. Inventada", "eva@example.org")]
    assert [site.country_code for site in trial.sites] == ["PE", "BR"]
    assert [condition.text for condition in trial.conditions] == ["Imaginary episode"]
    assert [c.type for c in trial.criteria] == ["inclusion", "inclusion", "exclusion"]
    assert issues(trial) == ["placeholder-date", "unknown-word"]
    labels = {statement.label: statement.text for statement in trial.statements}
    assert labels["main.date_enrolment"] == "01/01/1900"
    assert labels["main.recruitment_status"] == "Finished"
    assert labels["secondary_ids.secondary_id.2.sec_id"] == "N.A."


def test_what_is_not_understood_is_a_statement_with_an_issue() -> None:
    trial = ictrp.parse_xml(RECORDS[1], "d")
    assert trial.id == "ZZZ-1" and trial.registry == "register-of-nowhere"
    assert trial.overall_status is None and trial.minimum_age is None and trial.phases == []
    labels = {statement.label: statement.text for statement in trial.statements}
    assert labels["Recruitment_Status"] == "Not Recruiting"
    assert labels["Date_enrollement"] == "05/03/2031"
    assert labels["Inclusion_agemin"] == "18"
    assert labels["Inclusion_agemax"] == "no limit"
    assert labels["Date_registration"] == "03/04/2031"
    assert labels["Target_size"] == "Group A:20;Group B:20;"
    assert labels["Countries"] == "Japan,Asia(except Japan)"
    assert labels["Phase"] == "Post-market"
    assert sorted(set(issues(trial))) == [
        "age-without-unit",
        "ambiguous-date",
        "contradicting-dates",
        "unknown-country",
        "unknown-word",
    ]


@pytest.mark.parametrize("element", [*RECORDS, SENT], ids=["export", "unclear", "registry"])
def test_every_leaf_arrives(element: ET.Element) -> None:
    """Each word of each field stands in the record, in a typed field or in a statement."""
    trial = ictrp.parse_xml(element, "d")
    typed = {"18 Years", "Both", "Phase 2/Phase 3", "Recruiting", "Yes", "No", "20310402", "5 April 2031", "2-3"}
    stated = {statement.label.split(".")[-1] for statement in trial.statements}
    record = all_text(trial).casefold()
    for leaf in element.iter():
        text = (leaf.text or "").strip()
        if len(leaf) or not text or leaf.tag in stated or text in typed:
            continue
        if leaf.tag.lower().startswith(("date", "export", "phase", "study_type", "recruitment", "target")):
            continue  # coded: compared above
        for piece in split_list(text):
            for word in (
                piece.removeprefix("Therapeutic area: ").replace(";", " ").replace("[", " ").replace("]", " ").split()
            ):
                assert word.strip(",-").casefold() in record, f"{leaf.tag}: {word!r} is lost"


def test_the_csv_has_the_same_fields() -> None:
    row = {leaf.tag.replace("_", " "): leaf.text or "" for leaf in RECORDS[0]}
    row["TrialID"] = row.pop("TrialID")
    assert ictrp.parse_row(row, "d") == ictrp.parse_xml(RECORDS[0], "d")


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2020-02-17", None, ("2020-02-17", None)),
        ("20200217", None, ("2020-02-17", None)),
        ("17 February 2020", None, ("2020-02-17", None)),
        ("January 25, 2020", None, ("2020-01-25", None)),
        ("January 1996", None, ("1996-01", None)),
        ("2019", None, ("2019", None)),
        ("2020/02/17", None, ("2020-02-17", None)),
        ("2025-08-20T03:46:14.147548867", None, ("2025-08-20", None)),
        ("2026-03-08 17:37:06", None, ("2026-03-08", None)),
        ("3/18/2020 6:53:35 PM", "month-first", ("2020-03-18", None)),
        ("3/8/2020 6:53:35 AM", "month-first", ("2020-03-08", None)),
        ("03/08/2020", "day-first", ("2020-08-03", None)),
        ("30/08/2007", None, ("2007-08-30", None)),
        ("08/30/2007", None, ("2007-08-30", None)),
        ("05/05/2020", None, ("2020-05-05", None)),
        ("05/03/2020", None, (None, "ambiguous-date")),
        ("5.3.2020", None, (None, "ambiguous-date")),
        ("31/02/2020", None, (None, "unreadable-date")),
        ("20201301", None, (None, "unreadable-date")),
        ("01/01/1900", None, (None, "placeholder-date")),
        ("soon", None, (None, "unreadable-date")),
        ("", None, (None, "unreadable-date")),
    ],
)
def test_dates(text: str, order: Any, expected: tuple[str | None, str | None]) -> None:
    assert read_source_date(text, order) == expected


@pytest.mark.parametrize(
    ("text", "bound", "value", "problem"),
    [
        ("18Y", "minimum", (18, "years"), None),
        ("18 Years", "minimum", (18, "years"), None),
        ("18.00 Year(s)", "maximum", (18, "years"), None),
        ("6 Months", "maximum", (6, "months"), None),
        ("28 days", "maximum", (28, "days"), None),
        (">= 20age old", "minimum", (20, "years"), None),
        ("<= 80age old", "maximum", (80, "years"), None),
        ("< 80age old", "maximum", None, "unreadable-age"),
        (">= 20age old", "maximum", None, "unreadable-age"),
        ("6M", "minimum", None, "unreadable-age"),
        ("12 hours", "minimum", None, "unreadable-age"),
        ("18", "minimum", None, "age-without-unit"),
        ("0", "minimum", None, "age-without-unit"),
        ("N/A", "minimum", None, None),
        ("No limit", "maximum", None, None),
        ("no maximum age", "maximum", None, None),
        ("Not applicable", "maximum", None, None),
    ],
)
def test_ages(text: str, bound: Any, value: tuple[float, str] | None, problem: str | None) -> None:
    read = read_source_age(text, bound)
    assert (read.value and (read.value.value, read.value.unit), read.problem) == (value, problem)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Recruiting", "recruiting"),
        ("Pending", "not-yet-recruiting"),
        ("Not yet recruiting", "not-yet-recruiting"),
        ("Temporarily Halted", "suspended"),
        ("Prematurely Ended", "terminated"),
        ("Terminated", "terminated"),
        ("Not Recruiting", None),
        ("Not recruiting", None),
        ("Complete", None),
        ("Completed", None),
        ("Authorised", None),
        ("Ongoing", None),
        ("Unknown", None),
        ("", None),
    ],
)
def test_status_words(word: str, code: str | None) -> None:
    assert read_status(word) == code


@pytest.mark.parametrize(
    ("words", "phases"),
    [
        ("N/A", ["n-a"]),
        ("Not Applicable", ["n-a"]),
        ("4", ["phase-4"]),
        ("2-3", ["phase-2", "phase-3"]),
        ("Phase 1/Phase 2", ["phase-1", "phase-2"]),
        ("Phase II/III", ["phase-2", "phase-3"]),
        ("III", ["phase-3"]),
        ("0", ["early-phase-1"]),
        ("(Phase I): no\n Exploratory (Phase II): yes\n (Phase III): no", ["phase-2"]),
        ("(Phase I): no (Phase II): no", None),
        ("1-4", None),
        ("Phase IIb", None),
        ("Other", None),
        ("", None),
    ],
)
def test_phases(words: str, phases: list[str] | None) -> None:
    assert read_source_phases(words) == phases


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Both", "all"),
        ("Both, male and female", "all"),
        ("Female: yes Male: no", "female"),
        ("Males", "male"),
        ("-", None),
    ],
)
def test_sex(word: str, code: str | None) -> None:
    assert read_sex(word) == code


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("a\n<br>  1. b", "a\n  1. b"),
        ("<p class='x'>a</p><p>b</p>", "a\n\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ('<b>bold</b> and <span style="color: red">red</span>', "bold and red"),
        ("10<sup>9</sup>/L of H<sub>2</sub>O", "10^9/L of H2O"),
        ("Hb &lt; 5 &amp; more", "Hb < 5 & more"),
        ("&lt;br&gt;twice &amp;lt; 5", "twice < 5"),
        ("age <15 years, <LLN and >5", "age <15 years, <LLN and >5"),
        ("a <b and c> d", "a <b and c> d"),
        ("p<0.05", "p<0.05"),
        ("http://example.org/?a=1&copy=2", "http://example.org/?a=1&copy=2"),
        ("&nosuch; &#1; &#xD800;", "&nosuch; &#1; &#xD800;"),
        ('see <a href="http://example.org/x">the page</a>', "see the page (http://example.org/x)"),
        ("<script>x</script>", "<script>x</script>"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_html(text: str, plain: str) -> None:
    assert clean_html(text) == plain


@given(st.text(alphabet="<>/=\"' abrpsup&;#lt\n", max_size=300))
def test_html_takes_any_text(text: str) -> None:
    clean_html(text)
    split_list(text)


def test_hostile_html_takes_no_time() -> None:
    for text in (
        "<p " * 50_000,
        "<p a=b " * 50_000,
        "<a href='x'" * 30_000,
        "&lt" * 99_999,
        "\n \t" * 50_000,
        "(" * 99_999,
    ):
        clean_html(text)
        split_list(text)


def test_hostile_lists_take_no_time() -> None:
    many = ";".join(f"x{i}" for i in range(20_000))
    names = ("Secondary_ID", "Condition", "Intervention", "Primary_outcome", "Secondary_Sponsor", "Contact_Email")
    trial = parse(**dict.fromkeys(names, many))
    assert len(trial.outcomes) == len(trial.conditions) == len(trial.contacts) == 20_000


def test_damaged_text_is_marked() -> None:
    assert repair("a\x00b\x85c\ud800\t\r\n") == (
        "a\ufffdb\ufffdc\ufffd\t\r\n",
        ["U+0000 at character 1", "U+0085 at character 3", "U+D800 at character 5"],
    )
    trial = parse(Public_title="A \x00 title", Odd="x\udc80")
    assert trial.title == "A \ufffd title"
    assert [statement.text for statement in trial.statements] == ["x\ufffd"]
    assert issues(trial) == ["damaged-text", "damaged-text"]
    assert "Public_title: U+0000 at character 2" in trial.issues[0].message
    trial.model_dump_json()


def test_headings_that_are_there_are_not_added() -> None:
    both = "<br> Inclusion Criteria:<br> - Adults<br> Exclusion Criteria:<br> - Minors"
    trial = parse(Inclusion_Criteria=both)
    assert trial.population and trial.population.criteria_text
    assert trial.population.criteria_text.count("riteria:") == 2
    assert [c.type for c in trial.criteria] == ["inclusion", "exclusion"]
    alone = parse(Inclusion_Criteria="Adults", Exclusion_Criteria="Minors")
    assert alone.population and alone.population.criteria_text == (
        "Inclusion criteria:\nAdults\nExclusion criteria:\nMinors"
    )


def test_labelled_parts_of_eudract() -> None:
    trial = parse(
        TrialID="EUCTR2031-009999-11-XX",
        Primary_outcome="Main Objective: to see; all.;Primary end point(s): Survival; at all.;"
        "Timepoint(s) of evaluation of this end point: Day 9",
        Intervention="<br>Trade Name: Examplix<br>Pharmaceutical Form: Tablet<br><br>Product Name: Fictol",
        Inclusion_Criteria="Adults<br>Are the trial subjects under 18? no<br>F.1.2 Adults yes",
        Condition="Imaginary disease <br>\n MedDRA version: 99.1\n Level: PT;Therapeutic area: Diseases [X]",
    )
    assert [(o.measure, o.time_frame) for o in trial.outcomes] == [("Survival; at all.", "Day 9")]
    assert [(i.name, i.description) for i in trial.interventions] == [
        ("Examplix", "Pharmaceutical Form: Tablet"),
        ("Fictol", None),
    ]
    assert [criterion.text for criterion in trial.criteria] == ["Adults"]
    labels = [statement.label for statement in trial.statements]
    assert sorted(labels) == ["Condition", "Inclusion_Criteria", "Primary_outcome"]


def test_words_that_are_coded_but_say_more_stay_beside_the_code() -> None:
    words = {
        "Recruitment_Status": "Pending",
        "Study_type": "Interventional clinical trial of medicinal product",
        "Countries": "N/A",
        "Exclusion_Criteria": "None",
    }
    trial = parse(**words)
    assert trial.overall_status == "not-yet-recruiting"
    assert trial.design and trial.design.study_type == "interventional"
    assert (trial.sites, trial.criteria) == ([], [])
    assert {statement.label: statement.text for statement in trial.statements} == words


def test_ids_that_the_portal_prefixes() -> None:
    trial = parse(TrialID="CTIS2031-599999-12-00", Source_Register="CTIS")
    assert (trial.id, trial.registry) == ("2031-599999-12-00", "ctis")
    assert [(i.kind, i.value) for i in trial.identifiers][1] == ("alias", "CTIS2031-599999-12-00")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ClinicalTrials.gov: NCT99999902.", ["NCT99999902", "ClinicalTrials.gov: NCT99999902."]),
        ("NL57572.041.16", ["NL57572.041.16"]),
        ("CTRI/2031/04/099901", ["CTRI/2031/04/099901"]),
        ("2031-000001-11", ["2031-000001-11"]),
        ("NCT99999901", []),
    ],
)
def test_ids_in_a_secondary_id(text: str, values: list[str]) -> None:
    assert [identifier.value for identifier in read_identifiers(text, "NCT99999901")] == values


@pytest.mark.parametrize("given_id", ["", " ", "NCT 99999901", "x" * 65, "é"])
def test_a_record_without_a_legal_id_is_refused(given_id: str) -> None:
    with pytest.raises(ValueError, match="TrialID"):
        parse(TrialID=given_id)


def test_deep_and_odd_xml() -> None:
    with pytest.raises(ValueError, match="levels"):
        ictrp.parse_xml(ET.fromstring("<trial>" + "<a>" * 900 + "</a>" * 900 + "</trial>"), "d")
    text = '<x:Trial xmlns:x="urn:x"><x:TrialID>NCT99999901</x:TrialID><!-- no -->'
    text += '<x:Inclusion_Criteria>Adults<br/>Consent</x:Inclusion_Criteria><Odd n="1">o</Odd><Odd/></x:Trial>'
    trial = ictrp.parse_xml(ET.fromstring(text), "d")
    assert [criterion.text for criterion in trial.criteria] == ["Adults", "Consent"]
    assert {(s.label, s.text) for s in trial.statements} == {("Odd.0.@n", "1"), ("Odd.0.#text", "o")}


@pytest.mark.parametrize("code", REGISTRIES)
@given(data=st.data())
def test_ids_with_slashes_are_reversible(code: str, data: st.DataObject) -> None:
    pattern = REGISTRIES[code].pattern
    alphabet = st.characters(codec="ascii")
    identifier = data.draw(st.from_regex(pattern, fullmatch=True, alphabet=alphabet))
    assert registry_id(trial_id(identifier)) == identifier
    found = registry_of(identifier)
    assert found and found.code == code
    assert set(trial_id(identifier)) <= set(string.ascii_letters + string.digits + "-.")
    assert parse(TrialID=identifier).registry == code
