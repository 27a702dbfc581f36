"""How eligibility reads as Groups and as an EvidenceVariable."""

import pytest

from app.fhir.documents import render
from app.record.parts import Age
from app.record.trial import Cohort, Criterion, Trial
from tests.fhir.trials import rich

ROOT = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"
YEARS_18 = Age(value=18, unit="years")


def documents(trial, resource_type, release):
    return [getattr(each, release) for each in render(trial) if each.type == resource_type]


def of(characteristics, code):
    return [each for each in characteristics if each["code"]["coding"][0]["code"] == code]


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_group_of_a_cohort(release):
    participants, family = documents(rich(), "Group", release)
    assert (participants["name"], family["name"]) == ("Participants", "Family members")
    assert participants["type"] == "person"
    assert [
        (each["valueCodeableConcept"]["text"], each["exclude"])
        for each in of(participants["characteristic"], "free-text")
    ] == [
        ("Understands the plan.", False),
        (
            "Uses one of the following:\n- A lamp.\n- A torch, such as:\n  - A wax torch.\nMatches do not count.",
            False,
        ),
        ("Any of these findings:\n- Fear of the dark.", True),
        ("Sleeps at night.", True),
    ]


def test_group_says_that_it_is_a_definition_with_notes():
    r4, r5 = documents(rich(), "Group", "r4")[1], documents(rich(), "Group", "r5")[1]
    assert (r5["membership"], r5["description"]) == ("definitional", "No exclusions for family.")
    assert r4["actual"] is False
    assert r4["extension"] == [
        {"url": f"{ROOT}Group.membership", "valueCode": "definitional"},
        {
            "url": "http://hl7.org/fhir/StructureDefinition/artifact-description",
            "valueMarkdown": "No exclusions for family.",
        },
    ]


def years(value):
    return {"value": value, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}


AGES = [
    # trial, cohort -> range
    ({}, {}, None),
    ({"minimum_age": Age(value=12, unit="years")}, {}, {"low": years(12)}),
    ({"minimum_age": Age(value=12, unit="years")}, {"minimum_age": YEARS_18}, {"low": years(18)}),
    ({"maximum_age": Age(value=65, unit="years")}, {"minimum_age": YEARS_18}, {"low": years(18)}),
    ({}, {"minimum_age": YEARS_18, "maximum_age": YEARS_18}, {"low": years(18), "high": years(18)}),
    ({}, {"maximum_age": Age(value=0.5, unit="years")}, {"high": years(0.5)}),
    (
        {},
        {"minimum_age": Age(value=6, unit="weeks")},
        {"low": {"value": 6, "unit": "weeks", "system": "http://unitsofmeasure.org", "code": "wk"}},
    ),
]


@pytest.mark.parametrize(("of_trial", "of_cohort", "expected"), AGES)
def test_ages(of_trial, of_cohort, expected):
    """A cohort that states no age is bounded by what the trial states."""
    criteria = [Criterion(type="inclusion", position=1, text="x")]
    trial = Trial(id="NCT00000003", cohorts=[Cohort(**of_cohort)], criteria=criteria, **of_trial)
    group = documents(trial, "Group", "r5")[0]
    assert [each["valueRange"] for each in of(group["characteristic"], "30525-0")] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("of_trial", "of_cohort", "expected"),
    [
        (None, None, []),
        ("all", None, []),
        ("female", None, ["female"]),
        ("female", "all", []),
        ("all", "male", ["male"]),
    ],
)
def test_sex(of_trial, of_cohort, expected):
    criteria = [Criterion(type="inclusion", position=1, text="x")]
    trial = Trial(id="NCT00000003", sex=of_trial, cohorts=[Cohort(sex=of_cohort)], criteria=criteria)
    stated = of(documents(trial, "Group", "r5")[0]["characteristic"], "46098-0")
    assert [each["valueCodeableConcept"]["coding"][0]["code"] for each in stated] == expected


def said(typed):
    """`alt > 3 {ULN}`: a code and a value."""
    code = typed["type"]["coding"][0]["code"]
    [(kind, value)] = [(name, value) for name, value in typed.items() if name != "type"]
    if kind == "valueQuantity":
        return " ".join([code, value.get("comparator", "="), f"{value['value']}", value.get("code", "")]).strip()
    if kind == "valueRange":
        return f"{code} {value['low']['value']} to {value['high']['value']} {value['low'].get('code', '')}".strip()
    return f"{code} {value if kind == 'valueBoolean' else value.get('text') or value['coding'][0]['code']}"


def lines(characteristic, depth=0):
    """The tree, one line for each node: linkId, combination or text, exclusion, notes."""
    combination = characteristic.get("definitionByCombination", {})
    definition = (
        combination.get("code")
        or ("?" if "_code" in combination else None)
        or characteristic.get("definitionReference", {}).get("reference")
        or characteristic.get("definitionCodeableConcept", {}).get("text")
        or ("..." if "definitionCodeableConcept" in characteristic else None)
        or said(characteristic["definitionByTypeAndValue"])
    )
    excluded = {True: "not ", False: "is ", None: ""}[characteristic.get("exclude")]
    notes = [f"({note['text']})" for note in characteristic.get("note", [])]
    yield " ".join(["  " * depth + characteristic.get("linkId", "-"), f"{excluded}{definition}", *notes])
    for child in combination.get("characteristic", []):
        yield from lines(child, depth + 1)


TREE = """\
- any-of
  cohort-1 all-of
    - Group/NCT00000002-cohort-1
    1-i1 is Understands the plan.
    1-i2 is any-of (Matches do not count.)
      1-i2.1 A lamp.
      1-i2.2 ?
        1-i2.2.1 A wax torch.
    1-e1 not any-of
      1-e1.1 Fear of the dark.
    1-e2 not Sleeps at night.
  cohort-2 all-of (No exclusions for family.)
    - Group/NCT00000002-cohort-2
    2-i1 is Lives with the participant."""


def test_tree_in_r5():
    """A combination that the text does not state is unknown, never guessed; `exclude` is not repeated below itself."""
    [document] = documents(rich(), "EvidenceVariable", "r5")
    [root] = document["characteristic"]
    assert "\n".join(lines(root)) == TREE
    assert document["id"] == "NCT00000002"
    criterion = root["definitionByCombination"]["characteristic"][0]["definitionByCombination"]["characteristic"][2]
    assert criterion["description"] == "Uses one of the following:"


def r5_characteristic(extension):
    """The inverse of the R4 layout, written independently: an R5 characteristic from its extension."""
    found = {}
    for part in extension["extension"]:
        name = part["url"]
        if name == "definitionByCombination":
            found[name] = r5_combination(part)
        elif name == "definitionByTypeAndValue":
            found[name] = {
                key if part["url"] == "value" else part["url"]: value
                for part in part["extension"]
                for key, value in part.items()
                if key != "url"
            }
        else:
            value = next(value for key, value in part.items() if key.startswith("value"))
            if name == "note":
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
    return found


def r5_combination(extension):
    found = {"characteristic": []}
    for part in extension["extension"]:
        if part["url"] == f"{ROOT}EvidenceVariable.characteristic":
            found["characteristic"].append(r5_characteristic(part))
        elif "valueCode" in part:
            found["code"] = part["valueCode"]
        else:
            found["_code"] = {"extension": part["extension"]}
    return found


def test_r4_carries_the_same_tree():
    [r4], [r5] = documents(rich(), "EvidenceVariable", "r4"), documents(rich(), "EvidenceVariable", "r5")
    [characteristic] = r4["characteristic"]
    [carried] = characteristic["extension"]
    assert carried["url"] == f"{ROOT}EvidenceVariable.characteristic.definitionByCombination"
    assert r5_combination(carried) == r5["characteristic"][0]["definitionByCombination"]
    assert characteristic["definitionCodeableConcept"]["text"]


def test_criterion_below_a_note_belongs_to_what_is_above_the_note():
    trial = Trial(
        id="NCT00000003",
        criteria=[
            Criterion(type="inclusion", role="note", position=1, text="In the first part:"),
            Criterion(type="inclusion", parent=0, position=1, depth=1, text="Is tall."),
            Criterion(type="inclusion", parent=1, position=1, depth=2, text=" \x00 "),
            Criterion(type="inclusion", parent=2, position=1, depth=3, text="In metres."),
        ],
    )
    [document] = documents(trial, "EvidenceVariable", "r5")
    assert list(lines(document["characteristic"][0])) == [
        "- any-of",
        "  cohort-1 all-of (In the first part:)",
        "    - Group/NCT00000003-cohort-1",
        "    1-i1.1 is ?",
        "      1-i1.1.1.1 In metres.",
    ]
    assert documents(trial, "Group", "r5")[0]["name"] == "People eligible for NCT00000003"


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("inclusion", "inclusion", ["is ?", "x"]),
        ("exclusion", "exclusion", ["not ?", "x"]),
        ("inclusion", "exclusion", ["is ?", "not x"]),
        ("exclusion", "inclusion", ["not ?", "not x"]),
    ],
)
def test_exclusion_holds_for_what_stands_below(parent, child, expected):
    """`exclude` negates; below an excluded criterion it would say the opposite."""
    criteria = [
        Criterion(type=parent, position=1, text="parent"),
        Criterion(type=child, parent=0, position=1, depth=1, text="x"),
    ]
    [document] = documents(Trial(id="NCT00000003", criteria=criteria), "EvidenceVariable", "r5")
    assert [line.strip().split(" ", 1)[1] for line in lines(document["characteristic"][0])][3:] == expected


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_a_title_stands_before_the_text_below_it(release):
    below = Criterion(type="inclusion", position=1, heading="Life expectancy:", text="At least 12 weeks")
    free = Criterion(type="inclusion", position=2, heading="Surgery", text="Not specified")
    note = Criterion(type="inclusion", role="note", position=3, heading="Other:", text="See below")
    trial = Trial(id="NCT00000001", criteria=[below, free, note])
    [group] = documents(trial, "Group", release)
    assert "Other: See below" in str(group)
    typed, text = group["characteristic"]
    assert typed["extension"][0]["valueString"] == "Life expectancy: At least 12 weeks"
    assert typed["code"]["coding"][0]["code"] == "life-expectancy" and typed["valueQuantity"]["value"] == 12
    assert text["valueCodeableConcept"]["text"] == "Surgery: Not specified"
