"""The one eligibility parser: text with line offsets in, cohorts and a tree of criteria out."""
