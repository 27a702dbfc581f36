"""Group: the people of one cohort, as a definition (nobody is enumerated).

https://hl7.org/fhir/R5/group.html, https://hl7.org/fhir/R4/group.html. Only top-level criteria are
characteristics, since a Group ands them; what stands below one is part of its text. One that says a single constraint
and nothing else, without an exception, is a code and a value, its text in an extension; any other is free text. The
tree itself is in the EvidenceVariable. What the source says of all the trial's people beside criteria, sex and age
(healthy volunteers, gender, standard ages, the population sampled) is part of the description: none of it excludes
anybody by itself.
"""

from app.eligibility.coded import GENDER, LOINC, LOINC_OF_KIND
from app.eligibility.grammar.whole import read_criterion
from app.fhir import narrative, sourced, xver
from app.fhir.constraints import CRITERION_TEXT, code_of, sole_values
from app.fhir.datatypes import Json, clean, coding, concept, element, extension, quantity, reference, resource, words
from app.fhir.eligibility import CohortTree, Node, criterion_concept
from app.fhir.ids import group_id
from app.fhir.releases import R4
from app.record.codes import SEX
from app.record.parts import Population
from app.record.trial import Trial

ARTIFACT_DESCRIPTION = "http://hl7.org/fhir/StructureDefinition/artifact-description"

AGE = concept(coding(LOINC, LOINC_OF_KIND["age"], "Age"), text="Age")
SEX_CODE = concept(coding(LOINC, LOINC_OF_KIND["sex"], "Sex"), text="Sex")
_FREE_TEXT = criterion_concept()


def both(trial: Trial, cohort: CohortTree) -> tuple[Json, Json]:
    """R4 and R5, which say the same with other elements."""
    description = "\n\n".join((*cohort.notes, *_population(trial)))
    characteristics = _characteristics(cohort)
    id, called = group_id(trial, cohort.index), name(trial, cohort)
    meta, text = sourced.meta(trial), narrative.of_group(called, cohort)
    r4 = resource(
        "Group",
        id,
        meta=meta,
        text=text,
        extension=[
            *xver.carry("Group.membership", "definitional"),
            extension(ARTIFACT_DESCRIPTION, valueMarkdown=description),
        ],
        type="person",
        actual=False,
        name=called,
        characteristic=characteristics,
    )
    r5 = resource(
        "Group",
        id,
        meta=meta,
        text=text,
        type="person",
        membership="definitional",
        name=called,
        description=description,
        characteristic=characteristics,
    )
    return r4, r5


def name(trial: Trial, cohort: CohortTree) -> str:
    return cohort.label or f"People eligible for {trial.id}"


def group_reference(trial: Trial, cohort: CohortTree, *extensions: Json) -> Json:
    return reference("Group", group_id(trial, cohort.index), name(trial, cohort), list(extensions))


def _population(trial: Trial) -> list[str]:
    population = trial.population or Population()
    parts = {
        "Healthy volunteers": next(
            ("accepted" if flag.value else "not accepted" for flag in trial.flags if flag.name == "healthy-volunteers"),
            None,
        ),
        "Gender": population.gender_description,
        "Standard ages": ", ".join(map(words, population.standard_ages)),
        "Study population": population.study_population,
        "Sampling method": words(population.sampling_method or ""),
    }
    said = {item: clean(text or "") for item, text in parts.items()}
    return [f"{item}: {text}" for item, text in said.items() if text]


def _characteristics(cohort: CohortTree) -> list[Json]:
    return [
        _characteristic(AGE, valueRange=element(low=quantity(cohort.minimum_age), high=quantity(cohort.maximum_age))),
        _characteristic(SEX_CODE, valueCodeableConcept=_sex(cohort.sex)),
        *(_criterion(node) for node in cohort.children),
    ]


def _criterion(node: Node) -> Json:
    excluded = node.criterion.type == "exclusion"
    values = [] if node.below or node.restricted else sole_values(node.criterion)
    if len(values) == 1:
        of = code_of(read_criterion(node.criterion).constraints[0])
        made = _characteristic(of, excluded, **values[0])
        return {"extension": [extension(CRITERION_TEXT, valueString=node.criterion.titled_text)], **made}
    return _characteristic(_FREE_TEXT, excluded, valueCodeableConcept=concept(text=node.text_with_children()))


def _characteristic(code: Json, exclude: bool = False, **value: Json) -> Json:
    valued = element(**value)
    return {"code": code, **valued, "exclude": exclude} if valued else {}


def _sex(sex: str | None) -> Json:
    """Empty for `all`: nobody is kept out."""
    entry = SEX[sex] if sex else None
    if entry is None or (code := R4.code(entry)) is None:
        return {}
    return concept(coding(GENDER, code, entry.display), text=entry.display)
