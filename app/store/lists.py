"""The lists of a trial: rows by `trial_key` and `position` (from 0), and lists below an item (`item`, its position).

Replaced whole when the record changes. One-to-one parts (`design`, `population`, `data_sharing`) are lists of one.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)

from app.store.columns import Key, Ordered, below, of_trial
from app.store.tables import trial

trial_source = of_trial(
    "trial_source",
    Column("document", String, nullable=False),
)
"""The documents that the record was read from, best first."""

identifier = of_trial(
    "identifier",
    Column("kind", String, nullable=False),
    Column("system", Text),
    Column("value", Text, nullable=False),
    Column("value_folded", Ordered, nullable=False),
    Column("link_key", Ordered, nullable=False, comment="equal where two records name the same identifier"),
    Column("type", String),
    Column("domain", Text),
    Column("link", Text),
    Index("ix_identifier_value_folded", "value_folded"),
    Index("ix_identifier_link_key", "link_key"),
)
trial_title = of_trial(
    "trial_title",
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
)
trial_phase = of_trial(
    "trial_phase",
    Column("code", String, nullable=False),
)
condition = of_trial(
    "condition",
    Column("text", Text, nullable=False),
)
condition_coding = below(
    "condition_coding",
    Column("system", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("code_folded", Ordered, nullable=False),
    Column("display", Text),
)
keyword = of_trial("keyword", Column("text", Text, nullable=False))
trial_date = of_trial(
    "trial_date",
    Column("kind", String, nullable=False),
    Column("value", String, nullable=False),
    Column("type", String),
)
not_reported = of_trial("not_reported", Column("field", String, nullable=False))
flag = of_trial("flag", Column("name", String, nullable=False), Column("value", Boolean, nullable=False))
design = of_trial(
    "design",
    *(
        Column(name, String)
        for name in (
            "study_type",
            "allocation",
            "intervention_model",
            "intervention_model_description",
            "primary_purpose",
            "observational_model",
            "time_perspective",
            "masking",
            "masking_description",
            "biospecimen_retention",
            "biospecimen_description",
            "target_duration",
        )
    ),
    Column("enrollment", Integer),
    Column("enrollment_type", String),
)
"""At most one row a trial, at position 0, as in `population` and `data_sharing`."""
population = of_trial(
    "population",
    Column("gender_description", Text),
    Column("study_population", Text),
    Column("sampling_method", String),
    Column("criteria_text", Text, comment="what the spans of `criterion` are places in, when a registry gave it"),
)
data_sharing = of_trial(
    "data_sharing",
    Column("sharing", String),
    Column("description", Text),
    Column("time_frame", Text),
    Column("access_criteria", Text),
    Column("url", Text),
)
contact = of_trial(
    "contact",
    Column("name", Text),
    Column("role", String),
    Column("phone", String),
    Column("phone_extension", String),
    Column("email", String),
)
mesh_term = of_trial(
    "mesh_term",
    Column("subject", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("id", Ordered, nullable=False),
    Column("term", Text, nullable=False),
    Column("as_found", Text),
    Column("relevance", String),
)
arm = of_trial("arm", Column("label", Text, nullable=False), Column("type", String), Column("description", Text))
intervention = of_trial(
    "intervention", Column("name", Text, nullable=False), Column("type", String), Column("description", Text)
)
reference = of_trial("reference", Column("type", String), Column("pmid", String), Column("citation", Text))
related_resource = of_trial(
    "related_resource",
    Column("kind", String, nullable=False),
    Column("label", Text),
    Column("url", Text),
    Column("type", String),
    Column("identifier", Text),
    Column("comment", Text),
    Column("date", String),
    Column("uploaded", String),
    Column("size", BigInteger),
)
statement = of_trial(
    "statement",
    Column("label", Text, nullable=False),
    Column("text", Text, nullable=False),
)

party = of_trial(
    "party",
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("affiliation", Text),
    Column("title", Text),
    Column("description", Text),
    Column("sector", String),
    Column("organization_key", Key, ForeignKey("organization.key")),
    Column("practitioner_role_key", Key, ForeignKey("practitioner_role.key")),
)

outcome = of_trial(
    "outcome",
    Column("type", String, nullable=False),
    Column("number", Integer, nullable=False, comment="among the trial's outcomes of its type, from 1"),
    Column("measure", Text, nullable=False),
    Column("description", Text),
    Column("time_frame", Text),
    Column("document", String, nullable=False, comment="the document that the spans are of"),
    Column("spans", Text, nullable=False),
)
cohort = of_trial(
    "cohort",
    Column("group_key", Key, ForeignKey("resource.key"), unique=True),
    Column("label", Text),
    Column("label_folded", Ordered),
    Column("sex", String),
    Column("minimum_age", Float),
    Column("minimum_age_unit", String),
    Column("maximum_age", Float),
    Column("maximum_age_unit", String),
)
criterion = of_trial(
    "criterion",
    Column("path", String, nullable=False, comment="place in the tree, unique in the trial: 1-i11.4"),
    Column("cohort", Integer, nullable=False, comment="the cohort's position"),
    Column("type", String, nullable=False),
    Column("role", String, nullable=False),
    Column("parent", Integer, comment="the parent criterion's position"),
    Column("number", Integer, nullable=False, comment="among its siblings of the same cohort and type, from 1"),
    Column("depth", Integer, nullable=False),
    Column("label", Text),
    Column("heading", Text, comment="the title it stands below, where that is no criterion"),
    Column("text", Text, nullable=False),
    Column("text_folded", Text, nullable=False),
    Column("combination", String),
    Column("document", String, nullable=False, comment="the document that the spans are of"),
    Column("spans", Text, nullable=False),
)
criterion_constraint = below(
    "criterion_constraint",
    Column("kind", String, nullable=False),
    Column("code", Ordered, nullable=False, comment="what is bounded or asked for; of a mention its name"),
    Column("loinc", Ordered),
    Column("value", String, comment="of a sex: all, female or male"),
    Column("low", Float),
    Column("low_open", Boolean, nullable=False, comment="the bound itself is not allowed"),
    Column("high", Float),
    Column("high_open", Boolean, nullable=False),
    Column("unit", Ordered, comment="UCUM"),
    Column("limit_of_normal", String, comment="uln or lln: the bounds are multiples of it"),
    Column("negated", Boolean, nullable=False, comment="the phrase denies it"),
    Column("exception", Text, comment="what restricts it: with one it does not hold plainly"),
    Column("text", Text, nullable=False, comment="the phrase that states it"),
    Column("text_start", Integer, nullable=False, comment="its place in the criterion's text"),
    Column("text_end", Integer, nullable=False),
    Index("ix_criterion_constraint_kind", "kind", "code"),
)
"""What criteria state in a form that can be computed with (`item` is the criterion's position): derived from their
texts by `app.eligibility`."""

trial_site = of_trial(
    "trial_site",
    Column("site_key", Key, ForeignKey("site.key"), nullable=False, index=True),
    Column("facility", Text, comment="this and what follows: as this trial's source has it"),
    Column("city", Text),
    Column("state", Text),
    Column("postal_code", String),
    Column("country", Text),
    Column("country_code", String),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("coordinates_from", String),
    Column("status", String),
)
site_contact = below(
    "site_contact",
    Column("name", Text),
    Column("role", String),
    Column("phone", String),
    Column("phone_extension", String),
    Column("email", String),
)
masked_party = below("masked_party", Column("code", String, nullable=False))
standard_age = below("standard_age", Column("code", String, nullable=False))
shared_information = below("shared_information", Column("code", String, nullable=False))
arm_intervention = below("arm_intervention", Column("name", Text, nullable=False))
intervention_other_name = below("intervention_other_name", Column("name", Text, nullable=False))
intervention_arm = below("intervention_arm", Column("label", Text, nullable=False))
retraction = below("retraction", Column("pmid", String), Column("source", Text))
resource_content = below("resource_content", Column("code", String, nullable=False))

issue = of_trial(
    "issue",
    Column("code", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("line", Integer),
    Column("document", String, nullable=False),
)
fact = of_trial(
    "fact",
    Column("path", Text, nullable=False),
    Column("conversion", String, nullable=False),
    Column("document", String, nullable=False),
    Column("spans", Text, nullable=False),
)

WITH_SHARED = {"party", "cohort", "trial_site"}
"""Tables with columns that hold keys of shared entities or resources."""

OF_TRIAL = [table for table in trial.metadata.tables.values() if "position" in table.c and "trial_key" in table.c]
"""The tables whose rows are the current record of a trial, replaced whole when it changes."""
