"""R5 elements as R4 extensions: the layouts, and the conversion of any characteristic."""

import json
from pathlib import Path

import pytest

from app.fhir.xver import LAYOUTS, ROOT, carry

OFFICIAL = json.loads((Path(__file__).parent / "extensions.json").read_text())["layouts"]


def agrees(ours, official):
    """Every suffix and part of ours is official; a part left out is one that is never made."""
    if isinstance(ours, dict):
        parts = official["parts"]
        for name, inner in ours.items():
            part = parts.get(name) or parts[f"{ROOT}EvidenceVariable.{name}"]
            if "value" in part or "parts" in part:  # else a nested characteristic, compared on its own
                agrees(inner, part)
    else:
        suffixes = ours if isinstance(ours, tuple) else (ours,)
        assert {suffix.lower() for suffix in suffixes} <= {value.lower() for value in official["value"]}


@pytest.mark.parametrize("path", LAYOUTS)
def test_layout_is_the_official_one(path):
    agrees(LAYOUTS[path], OFFICIAL[ROOT + path])


def test_characteristic_with_everything():
    [extension] = carry(
        "EvidenceVariable.characteristic",
        {
            "linkId": "a",
            "note": [{"text": "one"}, {"text": "two"}],
            "exclude": False,
            "definitionByTypeAndValue": {"type": {"text": "t"}, "valueBoolean": False},
            "durationQuantity": {"value": 1},
            "timeFromEvent": [{"eventDateTime": "2026"}],
        },
    )
    assert extension == {
        "url": f"{ROOT}EvidenceVariable.characteristic",
        "extension": [
            {"url": "linkId", "valueId": "a"},
            {"url": "note", "valueAnnotation": {"text": "one"}},
            {"url": "note", "valueAnnotation": {"text": "two"}},
            {"url": "exclude", "valueBoolean": False},
            {
                "url": "definitionByTypeAndValue",
                "extension": [
                    {"url": "type", "valueCodeableConcept": {"text": "t"}},
                    {"url": "value", "valueBoolean": False},
                ],
            },
            {"url": "duration", "valueQuantity": {"value": 1}},
            {"url": "timeFromEvent", "extension": [{"url": "event", "valueDateTime": "2026"}]},
        ],
    }


def test_nothing_is_dropped_in_silence():
    with pytest.raises(KeyError, match="no layout for"):
        carry("EvidenceVariable.characteristic", {"linkId": "a", "colour": "red"})
    with pytest.raises(KeyError):
        carry("ResearchStudy.version", "1")
    assert carry("ResearchStudy.date", None) == []
