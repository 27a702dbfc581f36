"""What is done to whom: design, arms with the interventions given in them, outcomes."""

from typing import Any

from app.generate import sentences, shares, words
from app.generate.draw import Draw
from app.generate.people import place
from app.generate.status import Status
from app.generate.texts import prose, sentence

_MASKED = ("PARTICIPANT", "INVESTIGATOR", "OUTCOMES_ASSESSOR", "CARE_PROVIDER")
_MASKED_COUNT = {"SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}


def drug(draw: Draw) -> str:
    if draw.number() < 0.2:
        return f"{draw.one(words.DRUG_CODES)}-{100 + draw.below(9900)}"
    return draw.one(words.DRUG_HEADS) + draw.one(words.DRUG_TAILS)


def design_module(draw: Draw, study_type: str, status: Status) -> dict[str, Any]:
    module: dict[str, Any] = {"studyType": study_type}
    if study_type == "EXPANDED_ACCESS":
        kinds = {name: True for name in ("individual", "intermediate", "treatment") if draw.number() < 0.6}
        module["nPtrsToThisExpAccNctId"] = draw.below(4)
        module["expandedAccessTypes"] = kinds or {"treatment": True}
        return module
    info: dict[str, Any] = {}
    if study_type == "OBSERVATIONAL":
        registry = draw.number() < 0.25
        module["patientRegistry"] = registry
        if registry:
            module["targetDuration"] = f"{1 + draw.below(10)} {draw.one(('Years', 'Months', 'Weeks', 'Days'))}"
        info["observationalModel"] = draw.weighted(shares.OBSERVATIONAL_MODEL)
        info["timePerspective"] = draw.weighted(shares.TIME_PERSPECTIVE)
        if draw.number() < 0.17:
            retention = draw.one(("SAMPLES_WITH_DNA", "SAMPLES_WITH_DNA", "SAMPLES_WITHOUT_DNA", "NONE_RETAINED"))
            module["bioSpec"] = {"retention": retention, "description": "Whole blood, plasma and stored tissue"}
    else:
        module["phases"] = [*draw.weighted(shares.PHASES)]
        info["allocation"] = draw.weighted(shares.ALLOCATION)
        info["interventionModel"] = draw.weighted(shares.MODEL)
        if draw.number() < 0.2:
            info["interventionModelDescription"] = prose(draw, sentence(draw), draw.below(300))
        info["primaryPurpose"] = draw.weighted(shares.PURPOSE)
        masking = draw.weighted(shares.MASKING)
        info["maskingInfo"] = {"masking": masking}
        if draw.number() < 0.1:
            info["maskingInfo"]["maskingDescription"] = sentence(draw)
        if masking != "NONE":
            info["maskingInfo"]["whoMasked"] = list(_MASKED[: _MASKED_COUNT[masking]])
    module["designInfo"] = info
    if draw.number() < 0.98:
        count = 0 if status.nobody else draw.amount(shares.ENROLLMENT)
        module["enrollmentInfo"] = {"count": count, "type": status.enrollment_type}
    return module


def _name(draw: Draw, kind: str) -> str:
    if kind == "DRUG":
        return drug(draw)
    patterns = words.BIOLOGICAL if kind == "BIOLOGICAL" else words.THINGS[kind]
    return draw.one(patterns).format(drug=drug(draw), place=place(draw))


def arms_interventions_module(draw: Draw, study_type: str, arm_count: int) -> dict[str, Any]:
    """Every intervention is given in some arm, and every arm names those given in it (`Drug: Abrobexine`)."""
    interventions: dict[str, dict[str, Any]] = {}
    first = draw.weighted(shares.INTERVENTION_TYPE) if study_type != "EXPANDED_ACCESS" else "DRUG"
    for n in range(draw.amount(shares.INTERVENTIONS)):
        kind = first if n == 0 or draw.number() < 0.6 else draw.weighted(shares.INTERVENTION_TYPE)
        name = _name(draw, kind)
        found: dict[str, Any] = {"type": kind, "name": name}
        if draw.number() < 0.86:
            found["description"] = f"{name} {draw.one(words.DOSES)} {draw.one(words.ROUTES)}"
            if draw.number() < 0.5:
                found["description"] = prose(draw, f"{found['description']}.", 100 + draw.below(400))
        interventions.setdefault(name, found)
    arms: dict[str, dict[str, Any]] = {}
    links: dict[str, list[str]] = {name: [] for name in interventions}
    names = list(interventions)
    for n in range(arm_count):
        given = [names[n % len(names)], *(name for name in names if draw.number() < 0.35)]
        given = [name for name in names if name in given]
        label = f"{given[0]} {draw.one(words.DOSES)}" if draw.number() < 0.5 else f"Arm {'ABCDEFGHIJKLMNOP'[n]}"
        if label in arms:
            label = f"{label} ({n + 1})"
        arm: dict[str, Any] = {"label": label}
        if study_type == "INTERVENTIONAL":
            arm["type"] = "EXPERIMENTAL" if n == 0 else draw.weighted(shares.ARM_TYPE)
        if draw.number() < 0.88:
            arm["description"] = prose(draw, sentence(draw), draw.below(350))
        if arm.get("type") != "NO_INTERVENTION":
            kinds = (interventions[name]["type"].replace("_", " ") for name in given)
            arm["interventionNames"] = [
                f"{kind.title() if ' ' in kind else kind.capitalize()}: {name}"
                for kind, name in zip(kinds, given, strict=True)
            ]
            for name in given:
                links[name].append(label)
        arms[label] = arm
    for name, found in interventions.items():
        if links[name]:
            found["armGroupLabels"] = links[name]
        if draw.number() < 0.2:
            found["otherNames"] = [drug(draw) for _ in range(1 + draw.below(3))]
    module: dict[str, Any] = {"armGroups": list(arms.values())} if arms else {}
    return {**module, "interventions": list(interventions.values())}


def outcomes_module(draw: Draw, condition: str, thing: str) -> dict[str, Any]:
    def outcomes(count: int) -> list[dict[str, Any]]:
        found = []
        for n in range(count):
            measure = draw.one(sentences.MEASURES).format(condition=condition, thing=thing)
            outcome = {"measure": f"{measure}, part {n // 8 + 1}" if n > 7 else measure}
            if draw.number() < 0.76:
                length = 40 + int(draw.number() * draw.number() * 700)
                outcome["description"] = prose(draw, sentence(draw), length)
            if draw.number() < 0.96:
                outcome["timeFrame"] = draw.one(sentences.TIME_FRAMES)
            found.append(outcome)
        return found

    module: dict[str, Any] = {"primaryOutcomes": outcomes(draw.amount(shares.PRIMARY))}
    if draw.number() < 0.76:
        module["secondaryOutcomes"] = outcomes(draw.amount(shares.SECONDARY))
    if draw.number() < 0.08:
        module["otherOutcomes"] = outcomes(draw.amount(shares.OTHER))
    return module
