"""How a ClinicalTrials.gov study is made: design, arms, interventions, outcomes
(`designModule`, `armsInterventionsModule`, `outcomesModule`)."""

from app.record.parts import Arm, Design, Intervention
from app.record.trial import Outcome, OutcomeType
from app.sources.ctgov import words
from app.sources.ctgov.node import Node

_NONE = Design()
_OUTCOMES: tuple[tuple[str, OutcomeType], ...] = (
    ("primaryOutcomes", "primary"),
    ("secondaryOutcomes", "secondary"),
    ("otherOutcomes", "other"),
)


def read_design(module: Node) -> Design | None:
    info, specimens, enrollment = module.node("designInfo"), module.node("bioSpec"), module.node("enrollmentInfo")
    masking = info.node("maskingInfo")
    count = enrollment.count("count")
    design = Design(
        study_type=module.code("studyType", words.STUDY_TYPE),
        allocation=info.code("allocation", words.ALLOCATION),
        intervention_model=info.code("interventionModel", words.INTERVENTION_MODEL),
        intervention_model_description=info.text("interventionModelDescription"),
        primary_purpose=info.code("primaryPurpose", words.PRIMARY_PURPOSE),
        observational_model=info.code("observationalModel", words.OBSERVATIONAL_MODEL),
        time_perspective=info.code("timePerspective", words.TIME_PERSPECTIVE),
        masking=masking.code("masking", words.MASKING),
        masking_description=masking.text("maskingDescription"),
        who_masked=masking.codes("whoMasked", words.WHO_MASKED),
        biospecimen_retention=specimens.code("retention", words.BIOSPECIMEN_RETENTION),
        biospecimen_description=specimens.text("description"),
        target_duration=module.text("targetDuration"),
        enrollment=count,
        enrollment_type=enrollment.code("type", words.DATE_TYPE) if count is not None else None,
    )
    return design if design != _NONE else None


def read_arms(nodes: list[Node]) -> list[Arm]:
    """Those that have a label."""
    return [
        Arm(
            label=label,
            type=node.code("type", words.ARM_TYPE),
            description=node.text("description"),
            interventions=node.texts("interventionNames"),
        )
        for node in nodes
        if (label := node.text("label"))
    ]


def read_interventions(nodes: list[Node]) -> list[Intervention]:
    """Those that have a name."""
    return [
        Intervention(
            name=name,
            type=node.code("type", words.INTERVENTION_TYPE),
            description=node.text("description"),
            other_names=node.texts("otherNames"),
            arms=node.texts("armGroupLabels"),
        )
        for node in nodes
        if (name := node.text("name"))
    ]


def read_outcomes(module: Node) -> list[Outcome]:
    """Those that say what is measured."""
    return [
        Outcome(type=type, measure=measure, description=node.text("description"), time_frame=node.text("timeFrame"))
        for key, type in _OUTCOMES
        for node in module.nodes(key)
        if (measure := node.text("measure"))
    ]
