"""Group: the people of one cohort, as a definition (nobody is enumerated).

https://hl7.org/fhir/R5/group.html, https://hl7.org/fhir/R4/group.html. Only top-level criteria are
characteristics, since a Group ands them; what stands below one is part of its text. The tree itself is in
the EvidenceVariable.
"""

from app.fhir import xver
from app.fhir.datatypes import Json, coding, concept, element, extension, quantity, reference, resource
from app.fhir.eligibility import CohortTree, criterion_concept
from app.fhir.ids import group_id
from app.fhir.releases import R4
from app.record.codes import SEX
from app.record.trial import Trial

ARTIFACT_DESCRIPTION = "http://hl7.org/fhir/StructureDefinition/artifact-description"
GENDER_SYSTEM = "http://hl7.org/fhir/administrative-gender"
LOINC = "http://loinc.org"

AGE = concept(coding(LOINC, "30525-0", "Age"), text="Age")
# not 76689-9 "Sex assigned at birth": registries say "sex" and no more
SEX_CODE = concept(coding(LOINC, "46098-0", "Sex"), text="Sex")


def r5(trial: Trial, cohort: CohortTree) -> Json:
    return resource(
        "Group",
        group_id(trial, cohort.index),
        type="person",
        membership="definitional",
        name=name(trial, cohort),
        description="\n\n".join(cohort.notes),
        characteristic=_characteristics(cohort),
    )


def r4(trial: Trial, cohort: CohortTree) -> Json:
    return resource(
        "Group",
        group_id(trial, cohort.index),
        extension=[
            *xver.carry("Group.membership", "definitional"),
            extension(ARTIFACT_DESCRIPTION, valueMarkdown="\n\n".join(cohort.notes)),
        ],
        type="person",
        actual=False,
        name=name(trial, cohort),
        characteristic=_characteristics(cohort),
    )


def name(trial: Trial, cohort: CohortTree) -> str:
    return cohort.label or f"People eligible for {trial.id}"


def group_reference(trial: Trial, cohort: CohortTree, *extensions: Json) -> Json:
    return reference("Group", group_id(trial, cohort.index), name(trial, cohort), list(extensions))


def _characteristics(cohort: CohortTree) -> list[Json]:
    return [
        _characteristic(AGE, valueRange=element(low=quantity(cohort.minimum_age), high=quantity(cohort.maximum_age))),
        _characteristic(SEX_CODE, valueCodeableConcept=_sex(cohort.sex)),
        *(
            _characteristic(
                criterion_concept(),
                node.criterion.type == "exclusion",
                valueCodeableConcept=concept(text=node.text_with_children()),
            )
            for node in cohort.children
        ),
    ]


def _characteristic(code: Json, exclude: bool = False, **value: Json) -> Json:
    valued = element(**value)
    return {"code": code, **valued, "exclude": exclude} if valued else {}


def _sex(sex: str | None) -> Json:
    """Empty for `all`: nobody is kept out."""
    entry = SEX[sex] if sex else None
    if entry is None or (code := R4.code(entry)) is None:
        return {}
    return concept(coding(GENDER_SYSTEM, code, entry.display), text=entry.display)
