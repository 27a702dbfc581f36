"""Every value of a ClinicalTrials.gov study arrives, and none of a wrong type gets through."""

import gzip
import json
import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.record.trial import Trial
from app.sources.ctgov.node import leaves
from tests.sources.ctgov.study import FIELDS, arrivals, changed, containers, general, read, statements, study, without

PATHS = [path for path, _ in leaves(study())]

HISTORY = "the registry's own record-keeping: dates of its review, not of the study"
POSTED = "a note on how the registry's rules were kept: shown, never searched"
ONLY_STATEMENTS = {
    "protocolSection.identificationModule.organization.fullName": "who registered the study, where not its sponsor",
    "protocolSection.identificationModule.organization.class": "who registered the study, where not its sponsor",
    "protocolSection.sponsorCollaboratorsModule.responsibleParty.oldNameTitle": "typed where no newer field names one",
    "protocolSection.sponsorCollaboratorsModule.responsibleParty.oldOrganization": "typed where no newer field does",
    "protocolSection.designModule.nPtrsToThisExpAccNctId": "a count that the registry keeps for itself",
    "annotationSection.annotationModule.unpostedAnnotation.unpostedResponsibleParty": POSTED,
    "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents[].type": POSTED,
    "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents[].date": POSTED,
    "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents[].dateUnknown": POSTED,
    "annotationSection.annotationModule.violationAnnotation.violationEvents[].type": POSTED,
    "annotationSection.annotationModule.violationAnnotation.violationEvents[].description": POSTED,
    "annotationSection.annotationModule.violationAnnotation.violationEvents[].creationDate": POSTED,
    "annotationSection.annotationModule.violationAnnotation.violationEvents[].issuedDate": POSTED,
    "annotationSection.annotationModule.violationAnnotation.violationEvents[].releaseDate": POSTED,
    "annotationSection.annotationModule.violationAnnotation.violationEvents[].postedDate": POSTED,
    "derivedSection.miscInfoModule.removedCountries[]": "where the study once had sites",
    "derivedSection.miscInfoModule.submissionTracking.estimatedResultsFirstSubmitDate": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.firstMcpInfo.postDateStruct.date": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.firstMcpInfo.postDateStruct.type": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos[].releaseDate": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos[].unreleaseDate": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos[].unreleaseDateUnknown": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos[].resetDate": HISTORY,
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos[].mcpReleaseN": HISTORY,
}
"""What has no field of the record, and why."""

TYPED_AND_STATEMENTS = {
    "identificationModule": (15, 2),
    "statusModule": (29, 0),
    "sponsorCollaboratorsModule": (10, 2),
    "oversightModule": (7, 0),
    "descriptionModule": (2, 0),
    "conditionsModule": (4, 0),
    "designModule": (23, 1),
    "armsInterventionsModule": (19, 0),
    "outcomesModule": (9, 0),
    "eligibilityModule": (12, 0),
    "contactsLocationsModule": (24, 0),
    "referencesModule": (11, 0),
    "ipdSharingStatementModule": (7, 0),
    "annotationModule": (0, 10),
    "largeDocumentModule": (10, 0),
    "miscInfoModule": (1, 9),
    "conditionBrowseModule": (10, 0),
    "interventionBrowseModule": (10, 0),
    "hasResults": (1, 0),
}
"""Values of the fictional study, by module."""

WRONG: tuple[Any, ...] = ("a word", 7, 2.5, True, ["a word"], [7], [[]], {"lat": "north"}, {"0": {}})


def test_the_fictional_study_uses_every_field() -> None:
    assert {general(path) for path in PATHS} == set(FIELDS)


def test_every_value_arrives() -> None:
    found = dict(arrivals(study(), read()))
    assert set(found) == set(PATHS)
    assert [path for path, where in found.items() if where == "nowhere"] == []
    assert {general(path) for path, where in found.items() if where == "statement"} == set(ONLY_STATEMENTS)


def test_how_many_of_each_module_are_typed() -> None:
    counts = Counter((path.split(".")[:2][-1], where) for path, where in arrivals(study(), read()))
    modules = {module: (counts[module, "typed"], counts[module, "statement"]) for module, _ in counts}
    assert modules == TYPED_AND_STATEMENTS


@pytest.mark.parametrize("path", [path for path in PATHS if not path.endswith("nctId")])
def test_every_value_counts(path: str) -> None:
    """A study without the value gives another record: none is taken and then forgotten."""
    assert read(without(path)) != read()


def test_the_order_of_keys_means_nothing() -> None:
    def reverse(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: reverse(value[key]) for key in reversed(value)}
        return [reverse(item) for item in value] if isinstance(value, list) else value

    assert read(reverse(study())) == read()


def test_what_no_field_knows_becomes_a_statement() -> None:
    whole = study()
    whole["protocolSection"]["newModule"] = {"list": [{"a": 1}, {"a": 2.5}], "empty": {}, "none": None}
    whole["protocolSection"]["contactsLocationsModule"]["locations"][1]["moon"] = "full"
    whole["protocolSection"]["designModule"]["designInfo"]["aside"] = [[True], []]
    whole["matchedBy"] = "dusk"
    added = {label: text for label, text in statements(read(whole)).items() if label not in statements(read())}
    assert added == {
        "matchedBy": "dusk",
        "protocolSection.contactsLocationsModule.locations.1.moon": "full",
        "protocolSection.designModule.designInfo.aside.0.0": True,
        "protocolSection.newModule.list.0.a": 1,
        "protocolSection.newModule.list.1.a": 2.5,
        "protocolSection.newModule.none": None,
    }


def test_statements_stand_in_the_order_of_their_numbers() -> None:
    whole = study()
    whole["derivedSection"]["miscInfoModule"]["removedCountries"] = [f"Land {i}" for i in range(12)]
    values = [text for label, text in statements(read(whole)).items() if "removedCountries" in label]
    assert values == [f"Land {i}" for i in range(12)]


@pytest.mark.parametrize("nothing", ["", " \n", None])
@pytest.mark.parametrize("path", [path for path in PATHS if FIELDS[general(path)] in ("text", "word", "date")])
def test_what_says_nothing_is_kept_as_it_is(path: str, nothing: str | None) -> None:
    if path.endswith("identificationModule.nctId"):
        with pytest.raises(ValueError, match=path):
            read(changed(path, nothing))
        return
    trial = read(changed(path, nothing))
    assert statements(trial).get(path, "missing") == nothing
    assert [path for path, where in arrivals(changed(path, nothing), trial) if where == "nowhere"] == []


def is_right(path: str, was: Any, value: Any) -> bool:
    """Whether a value is of the JSON type that belongs at a path."""
    if isinstance(was, str | bool | dict):
        return type(value) is type(was)
    if isinstance(was, list):
        texts = all(isinstance(item, str) for item in was)
        return (
            isinstance(value, str)
            if texts and not isinstance(value, list)
            else (isinstance(value, list) and all(is_right(path, was[0], item) for item in value))
        )
    return type(value) is int or (type(was) is float and type(value) is float)


TYPED = [
    (path, was)
    for path, was in (*leaves(study()), *containers(study()))
    if not any(only.startswith(general(path)) for only in ONLY_STATEMENTS)
]


@pytest.mark.parametrize(("path", "was"), TYPED, ids=[path for path, _ in TYPED])
def test_a_wrong_type_is_refused_with_its_path(path: str, was: Any) -> None:
    for value in WRONG:
        if not is_right(path, was, value):
            with pytest.raises(ValueError, match=rf"^{path}(\.\d+)?: expected .*, found "):
                read(changed(path, value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ANYWHERE = sorted([*PATHS, *(path for path, _ in containers(study()))])


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(ANYWHERE), JSON)
def test_any_json_anywhere_is_read_or_refused(path: str, value: Any) -> None:
    try:
        trial = read(changed(path, value))
    except ValueError as error:
        assert ": expected " in str(error)
    else:
        assert Trial.model_validate_json(trial.model_dump_json()).id == "NCT99990001"


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: Any = "core"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ValueError, match="levels of nesting"):
        read(changed("protocolSection.designModule.bioSpec", {"retention": deep}))


if "TRIALS_SAMPLE" in os.environ:  # a path of real studies, one on each line: a report, not part of the suite

    def test_report_of_real_studies(capsys: pytest.CaptureFixture[str]) -> None:
        """For each module, how many values of real studies arrived in a field, as a statement, nowhere."""
        modules: dict[str, Counter[str]] = {}
        kept: Counter[str] = Counter()
        issues: Counter[str] = Counter()
        refused: list[str] = []
        with gzip.open(os.environ["TRIALS_SAMPLE"]) as lines:
            for line in lines:
                whole = json.loads(line)
                try:
                    trial = read(whole)
                except ValueError as error:
                    refused.append(str(error))
                    continue
                issues.update({issue.code for issue in trial.issues})
                for path, where in arrivals(whole, trial):
                    modules.setdefault(".".join(path.split(".")[:2]), Counter())[where] += 1
                    kept[general(path)] += where == "statement"
        with capsys.disabled():
            print(f"\n{'module':58}{'typed':>9}{'statement':>11}{'nowhere':>9}")
            for module, counts in sorted(modules.items()):
                print(f"{module:58}{counts['typed']:9}{counts['statement']:11}{counts['nowhere']:9}")
            total = sum(modules.values(), Counter())
            print(f"{'all':58}{total['typed']:9}{total['statement']:11}{total['nowhere']:9}")
            print("statements:", *(f"{count:7} {path}" for path, count in kept.most_common() if count), sep="\n")
            print("studies with an issue:", *(f"{count:7} {code}" for code, count in issues.most_common()), sep="\n")
            print("refused:", *refused, sep="\n")
        assert total["nowhere"] == 0 and not refused
