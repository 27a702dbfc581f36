"""The parts of the README that are made from the code. `python -m tests.readme` writes them anew."""

import json
import re
from pathlib import Path
from typing import Any

from app import clock
from app.eligibility.matching.match import Match, facts_of
from app.eligibility.matching.match import match as match_trial
from app.eligibility.matching.patient import read_patient
from app.fhir.match_request import read_match_request
from app.parameters.table import BITS, COMMON, PARAMETERS, PLAIN_PARAMETERS
from app.search.listed.params import PARAMETERS as LISTED
from app.settings import Settings
from app.sources import parse
from tests.servers import ROOT, SEEDS

README = ROOT / "README.md"


def parameters() -> str:
    rows = ["| of | name | type | R4 | R5 | meaning |", "| --- | --- | --- | --- | --- | --- |"]
    for p in PARAMETERS:
        marks = ["" if r not in p.releases else "own" if p.is_own(r) else "yes" for r in BITS]
        kind = "every type" if p.resource == COMMON else p.resource
        doc = p.doc.replace("|", "\\|")
        rows.append(f"| {kind} | `{p.code}` | {p.kind} | {' | '.join(marks)} | {doc} |")
    return "\n".join(rows)


def plain() -> str:
    rows = ["| of | name | meaning |", "| --- | --- | --- |"]
    named = [*(("trials", p.code, p.doc) for p in PLAIN_PARAMETERS), *((p.resource, p.code, p.doc) for p in LISTED)]
    for of, code, meaning in named:
        doc = meaning.replace("|", "\\|")
        rows.append(f"| {of} | `{code}` | {doc} |")
    return "\n".join(rows)


def settings() -> str:
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `TRIALS_{name.upper()}` | `{field.default}` | {field.description} |".replace("``", "empty"))
    return "\n".join(rows)


def tree() -> str:
    """The folders of `app` with the first sentence of what each says of itself."""
    rows = ["```"]
    for folder in sorted(path for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()):
        if folder.name.startswith("_"):
            continue
        said = first_sentence(folder / "__init__.py")
        rows.append(f"app/{folder.name + '/':13}{said}")
    for file in sorted((ROOT / "app").glob("*.py")):
        if not file.name.startswith("__"):
            rows.append(f"app/{file.name:13}{first_sentence(file)}")
    return "\n".join([*rows, "```"])


def first_sentence(file: Path) -> str:
    text = re.match(r'"""(.+?)"""', file.read_text(), re.S)
    assert text, f"{file} does not say what it is"
    return " ".join(text[1].split("\n\n")[0].split()).rstrip(".").replace("`", "")


def patient() -> dict[str, Any]:
    """The example of the section on matching."""
    found = re.search(r"```json\n(.*?)\n```", README.read_text(), re.S)
    assert found, "the README has no patient"
    document: dict[str, Any] = json.loads(found[1])
    return document


def matches() -> list[Match]:
    """The two trial documents held against the patient, the best first."""
    asked = read_match_request(patient())
    facts = read_patient(asked.sent, asked.day or clock.now().date())
    records = [parse(path.name, path.read_bytes()).trial for path in sorted(SEEDS.glob("*.txt"))]
    return sorted((match_trial(record, facts) for record in records), key=lambda one: (-one.score, one.trial_id))


def _shown(value: Any) -> str:
    return f"{value['value']} {value['unit']}" if isinstance(value, dict) and "unit" in value else str(value)


def match() -> str:
    """The lines of the example that are decided."""
    rows = ["| trial | line | | the criterion | by | characters |", "| --- | --- | --- | --- | --- | --- |"]
    for found in matches():
        state = "excluded" if found.excluded else f"score {found.score:g}"
        rows.append(f"| **{found.trial_id}** | | **{state}** | | | |")
        for line in found.lines:
            if line.result != "unknown":
                facts = ", ".join(f"`{one.reference}` {_shown(one.value[1])}".strip() for one in facts_of(line))
                places = ", ".join(f"{start}-{end}" for start, end in line.source.spans)
                result = line.result.replace("-", " ")
                rows.append(f"| | `{line.path}` | {result} | {line.text.replace('|', '')} | {facts} | {places} |")
    return "\n".join(rows)


PARTS = {"parameters": parameters, "plain": plain, "settings": settings, "tree": tree, "match": match}


def written(text: str) -> str:
    for name, make in PARTS.items():
        mark = rf"(<!-- {name} -->\n)(.*?)(<!-- end -->)"
        assert re.search(mark, text, re.S), f"the README has no part '{name}'"
        text = re.sub(mark, lambda m, make=make: m[1] + make() + "\n" + m[3], text, flags=re.S)
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
