"""How often and how many: figures measured on a thousand real studies; for statuses, which that sample (chosen from
what people keep) does not show, general knowledge of the whole registry."""

from app.generate.draw import Spread, Weighted

STATUS = Weighted(
    ("COMPLETED", 0.36),
    ("RECRUITING", 0.245),
    ("UNKNOWN", 0.165),
    ("NOT_YET_RECRUITING", 0.07),
    ("TERMINATED", 0.055),
    ("ACTIVE_NOT_RECRUITING", 0.05),
    ("WITHDRAWN", 0.025),
    ("ENROLLING_BY_INVITATION", 0.014),
    ("SUSPENDED", 0.006),
)
ACCESS_STATUS = Weighted(
    ("AVAILABLE", 0.3),
    ("NO_LONGER_AVAILABLE", 0.2),
    ("APPROVED_FOR_MARKETING", 0.2),
    ("TEMPORARILY_NOT_AVAILABLE", 0.15),
    ("WITHHELD", 0.15),
)
LAST_KNOWN = Weighted(
    ("RECRUITING", 0.5),
    ("NOT_YET_RECRUITING", 0.25),
    ("ACTIVE_NOT_RECRUITING", 0.17),
    ("ENROLLING_BY_INVITATION", 0.08),
)
SITE_STATUS = Weighted(
    ("RECRUITING", 0.68),
    ("NOT_YET_RECRUITING", 0.14),
    ("ACTIVE_NOT_RECRUITING", 0.08),
    ("WITHDRAWN", 0.05),
    ("COMPLETED", 0.03),
    ("SUSPENDED", 0.012),
    ("ENROLLING_BY_INVITATION", 0.003),
    ("TERMINATED", 0.005),
)
ACCESS_SITE_STATUS = Weighted(("AVAILABLE", 1))
STUDY_TYPE = Weighted(("INTERVENTIONAL", 0.815), ("OBSERVATIONAL", 0.175), ("EXPANDED_ACCESS", 0.01))
PHASES: Weighted[tuple[str, ...]] = Weighted(
    (("NA",), 0.31),
    (("PHASE2",), 0.215),
    (("PHASE3",), 0.17),
    (("PHASE1",), 0.1),
    (("PHASE1", "PHASE2"), 0.055),
    (("PHASE4",), 0.09),
    (("PHASE2", "PHASE3"), 0.03),
    (("EARLY_PHASE1",), 0.03),
)
ALLOCATION = Weighted(("RANDOMIZED", 0.613), ("NA", 0.249), ("NON_RANDOMIZED", 0.138))
MODEL = Weighted(
    ("PARALLEL", 0.579), ("SINGLE_GROUP", 0.337), ("CROSSOVER", 0.037), ("SEQUENTIAL", 0.036), ("FACTORIAL", 0.011)
)
PURPOSE = Weighted(
    ("TREATMENT", 0.79),
    ("PREVENTION", 0.068),
    ("SUPPORTIVE_CARE", 0.04),
    ("DIAGNOSTIC", 0.03),
    ("OTHER", 0.027),
    ("BASIC_SCIENCE", 0.02),
    ("HEALTH_SERVICES_RESEARCH", 0.012),
    ("SCREENING", 0.006),
    ("DEVICE_FEASIBILITY", 0.005),
    ("ECT", 0.002),
)
MASKING = Weighted(("NONE", 0.652), ("SINGLE", 0.118), ("DOUBLE", 0.115), ("QUADRUPLE", 0.084), ("TRIPLE", 0.031))
OBSERVATIONAL_MODEL = Weighted(
    ("COHORT", 0.64),
    ("CASE_CONTROL", 0.12),
    ("CASE_ONLY", 0.1),
    ("OTHER", 0.07),
    ("FAMILY_BASED", 0.02),
    ("DEFINED_POPULATION", 0.02),
    ("CASE_CROSSOVER", 0.012),
    ("ECOLOGIC_OR_COMMUNITY", 0.01),
    ("NATURAL_HISTORY", 0.008),
)
TIME_PERSPECTIVE = Weighted(("PROSPECTIVE", 0.74), ("RETROSPECTIVE", 0.13), ("OTHER", 0.07), ("CROSS_SECTIONAL", 0.06))
INTERVENTION_TYPE = Weighted(
    ("DRUG", 0.539),
    ("OTHER", 0.1),
    ("DEVICE", 0.089),
    ("PROCEDURE", 0.085),
    ("BIOLOGICAL", 0.061),
    ("BEHAVIORAL", 0.051),
    ("RADIATION", 0.04),
    ("DIETARY_SUPPLEMENT", 0.014),
    ("DIAGNOSTIC_TEST", 0.012),
    ("COMBINATION_PRODUCT", 0.005),
    ("GENETIC", 0.004),
)
ARM_TYPE = Weighted(
    ("EXPERIMENTAL", 0.55),
    ("ACTIVE_COMPARATOR", 0.25),
    ("PLACEBO_COMPARATOR", 0.1),
    ("NO_INTERVENTION", 0.05),
    ("OTHER", 0.03),
    ("SHAM_COMPARATOR", 0.02),
)
SECTOR = Weighted(
    ("OTHER", 0.645),
    ("INDUSTRY", 0.285),
    ("NIH", 0.035),
    ("OTHER_GOV", 0.015),
    ("FED", 0.007),
    ("NETWORK", 0.006),
    ("INDIV", 0.003),
    ("UNKNOWN", 0.003),
    ("AMBIG", 0.001),
)
SEX = Weighted(("ALL", 0.9), ("FEMALE", 0.072), ("MALE", 0.028))
RESPONSIBLE = Weighted(("SPONSOR", 0.683), ("PRINCIPAL_INVESTIGATOR", 0.273), ("SPONSOR_INVESTIGATOR", 0.044))
OFFICIAL_ROLE = Weighted(
    ("PRINCIPAL_INVESTIGATOR", 0.615), ("STUDY_DIRECTOR", 0.2), ("STUDY_CHAIR", 0.18), ("SUB_INVESTIGATOR", 0.005)
)
SITE_CONTACT_ROLE = Weighted(
    ("CONTACT", 0.592),
    ("PRINCIPAL_INVESTIGATOR", 0.379),
    ("SUB_INVESTIGATOR", 0.025),
    ("STUDY_DIRECTOR", 0.002),
    ("STUDY_CHAIR", 0.002),
)
REFERENCE_TYPE = Weighted(("BACKGROUND", 0.69), ("RESULT", 0.25), ("DERIVED", 0.06))
IPD = Weighted(("NO", 0.654), ("YES", 0.266), ("UNDECIDED", 0.08))
ORG_ID_TYPE = Weighted(("NIH", 0.5), ("VA", 0.2), ("FDA", 0.1), ("CDC", 0.1), ("AHRQ", 0.05), ("SAMHSA", 0.05))
SECONDARY_ID_TYPE = Weighted(
    ("OTHER", 0.38),
    ("REGISTRY", 0.23),
    ("EUDRACT_NUMBER", 0.15),
    ("NIH", 0.12),
    ("CTIS", 0.04),
    ("OTHER_GRANT", 0.03),
    ("VA", 0.01),
    ("FDA", 0.01),
    ("CDC", 0.01),
    ("AHRQ", 0.01),
    ("SAMHSA", 0.01),
)
CRITERIA_SHAPE = Weighted(("bulleted", 0.67), ("numbered", 0.19), ("mixed", 0.05), ("prose", 0.09))
CRITERIA_DEPTH = Weighted((1, 0.76), (2, 0.18), (3, 0.05), (4, 0.01))
CRITERIA_HEADINGS = Weighted(("two", 0.86), ("inclusion", 0.05), ("cohorts", 0.06), ("none", 0.03))
"""Inclusion and exclusion; inclusion alone; both for each of several cohorts; a text without headings."""

MINIMUM_AGE = Weighted(
    ("18 Years", 0.72),
    ("", 0.07),
    ("20 Years", 0.03),
    ("12 Years", 0.03),
    ("6 Years", 0.02),
    ("40 Years", 0.03),
    ("50 Years", 0.02),
    ("65 Years", 0.02),
    ("2 Years", 0.02),
    ("1 Month", 0.015),
    ("6 Months", 0.015),
    ("2 Weeks", 0.004),
    ("1 Day", 0.005),
    ("24 Hours", 0.003),
    ("30 Minutes", 0.001),
)
MAXIMUM_AGE = Weighted(
    ("", 0.52),
    ("65 Years", 0.12),
    ("75 Years", 0.1),
    ("80 Years", 0.09),
    ("70 Years", 0.06),
    ("85 Years", 0.04),
    ("99 Years", 0.03),
    ("17 Years", 0.03),
    ("100 Years", 0.01),
)

CONDITIONS = Spread((0, 1), (0.55, 1), (0.75, 2), (0.9, 4), (0.95, 5), (0.98, 9), (0.99, 16), (1, 30))
KEYWORDS = Spread((0, 1), (0.1, 1), (0.25, 2), (0.5, 4), (0.75, 6), (0.9, 9), (0.95, 11), (0.98, 19), (1, 60))
ARMS = Spread((0, 1), (0.33, 1), (0.35, 2), (0.8, 2), (0.9, 3), (0.95, 4), (0.98, 6), (1, 16))
INTERVENTIONS = Spread((0, 1), (0.43, 1), (0.45, 2), (0.75, 2), (0.9, 4), (0.95, 5), (0.98, 7), (1, 14))
PRIMARY = Spread((0, 1), (0.62, 1), (0.8, 2), (0.9, 4), (0.95, 6), (0.98, 8), (0.99, 13), (1, 39))
SECONDARY = Spread((0, 1), (0.18, 1), (0.25, 2), (0.5, 4), (0.75, 7), (0.9, 13), (0.95, 18), (0.99, 39), (1, 80))
OTHER = Spread((0, 1), (0.4, 1), (0.5, 2), (0.75, 5), (0.9, 8), (1, 24))
REFERENCES = Spread((0, 1), (0.3, 1), (0.5, 3), (0.75, 7), (0.9, 15), (0.95, 27), (0.98, 37), (1, 142))
SITES = Spread(
    (0, 0), (0.08, 0), (0.085, 1), (0.66, 1), (0.7, 2), (0.75, 3), (0.828, 10), (0.9, 32), (0.95, 116), (0.98, 237),
    (0.99, 296), (0.999, 700), (1, 1412),
)  # fmt: skip
ENROLLMENT = Spread(
    (0, 0), (0.05, 9), (0.1, 17), (0.25, 36), (0.5, 90), (0.75, 273), (0.9, 900), (0.95, 2097), (0.98, 6000),
    (0.995, 50_000), (1, 1_000_000),
)  # fmt: skip
BRIEF_SUMMARY = Spread((0, 31), (0.1, 150), (0.25, 230), (0.5, 400), (0.75, 730), (0.9, 1300), (0.98, 2300), (1, 4400))
DETAILS = Spread(
    (0, 26), (0.1, 340), (0.25, 690), (0.5, 1180), (0.75, 2150), (0.9, 3800), (0.95, 5600), (0.98, 10_300), (1, 29_000)
)
CRITERIA = Spread(
    (0, 1), (0.1, 4), (0.25, 7), (0.5, 12), (0.75, 21), (0.9, 33), (0.95, 41), (0.99, 54), (1, 80)
)  # fmt: skip

# Days from one date of a study to the next.
SUBMIT_TO_START = Spread(
    (0, -5000), (0.05, -1581), (0.1, -960), (0.25, -205), (0.5, 2), (0.75, 60), (0.95, 295), (1, 1900)
)
START_TO_PRIMARY = Spread(
    (0, 0), (0.05, 117), (0.1, 183), (0.25, 395), (0.5, 851), (0.75, 1705), (0.95, 4242), (1, 9000)
)
PRIMARY_TO_END = Spread((0, 0), (0.45, 0), (0.5, 43), (0.75, 338), (0.9, 821), (0.95, 1581), (1, 6400))
PRIMARY_TO_RESULTS = Spread((0, 27), (0.1, 257), (0.25, 363), (0.5, 612), (0.75, 1648), (0.9, 3387), (1, 7900))
SUBMIT_TO_UPDATE = Spread((0, 0), (0.1, 3), (0.25, 49), (0.5, 539), (0.75, 2402), (0.9, 4942), (1, 8400))
TO_POST = Spread((0, 1), (0.3, 1), (0.5, 3), (0.75, 7), (0.95, 23), (1, 60))
SUBMITTED_BEFORE = Spread((0, 0), (0.25, 900), (0.5, 2200), (0.75, 4500), (0.95, 7300), (1, 9700))
"""Days from the first submission to the day that the whole registry was read."""
