"""The parameters of criteria, outcomes and sites, declared once: parsing, SQL, OpenAPI and the README are made from
`PARAMETERS`; nothing that is not declared here is accepted.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from app.eligibility.constraint import Kind as ConstraintKind
from app.record.codes import OUTCOME_TYPE, Vocabulary
from app.search.listed.reads import Chosen, Reads, Stated, Tokens, Words
from app.store import lists
from app.store import tables as t

_MODIFIERS: dict[str, tuple[str, ...]] = {
    "string": ("contains", "exact", "missing"),
    "token": ("missing", "not"),
    "quantity": ("missing",),
}
Kind = Literal["token", "string", "quantity"]


@dataclass(frozen=True)
class Listed:
    """A parameter of a collection."""

    resource: str
    code: str
    kind: Kind
    reads: Reads
    doc: str

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers that may follow the name (https://hl7.org/fhir/R5/search.html#modifiers)."""
        return _MODIFIERS[self.kind]


def _codes(vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(vocabulary.codes)


PARAMETERS: tuple[Listed, ...] = (
    Listed("criteria", "trial", "token", Tokens(t.trial.c.id), "The trial's id."),
    Listed(
        "criteria",
        "cohort",
        "string",
        Words(lists.cohort.c.label, lists.cohort.c.label_folded),
        "The beginning of the cohort's label.",
    ),
    Listed(
        "criteria",
        "type",
        "token",
        Chosen(lists.criterion.c.type, ("inclusion", "exclusion")),
        "Inclusion or exclusion.",
    ),
    Listed(
        "criteria",
        "role",
        "token",
        Chosen(lists.criterion.c.role, ("criterion", "note")),
        "A criterion, or a note on one.",
    ),
    Listed(
        "criteria",
        "text",
        "string",
        Words(lists.criterion.c.text, lists.criterion.c.text_folded, anywhere=True),
        "Words that stand in the text.",
    ),
    Listed(
        "criteria",
        "kind",
        "token",
        Stated("kind", get_args(ConstraintKind)),
        "What kind of thing the criterion states; with `analyte` and `value` of one and the same constraint.",
    ),
    Listed(
        "criteria",
        "analyte",
        "token",
        Stated("analyte"),
        "What is measured or the scale, by our code (`hemoglobin`, `ecog`) or LOINC's (`718-7`).",
    ),
    Listed(
        "criteria",
        "value",
        "quantity",
        Stated("value"),
        "A bound that the criterion states: `9||g/dL`, `ge3||{ULN}` (UCUM; any unit without one), with the prefixes of "
        "FHIR.",
    ),
    Listed("outcomes", "trial", "token", Tokens(t.trial.c.id), "The trial's id."),
    Listed("outcomes", "type", "token", Chosen(lists.outcome.c.type, _codes(OUTCOME_TYPE)), "The outcome's type."),
    Listed("sites", "trial", "token", Tokens(t.trial.c.id), "The id of a trial that uses the site."),
    *(
        Listed(
            "sites",
            name,
            "string",
            Words(t.site.c[name], t.site.c[f"{name}_folded"]),
            f"The {name}, from its beginning.",
        )
        for name in ("facility", "city", "state", "country")
    ),
    Listed("sites", "country_code", "token", Tokens(t.site.c.country_code), "ISO 3166-1 alpha-2."),
)
_INDEX: dict[str, dict[str, Listed]] = {}
for _parameter in PARAMETERS:
    _INDEX.setdefault(_parameter.resource, {})[_parameter.code] = _parameter


def listed_parameters(collection: str) -> dict[str, Listed]:
    """The parameters of a collection, by name."""
    return _INDEX.get(collection, {})
