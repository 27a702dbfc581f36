"""What the text of an eligibility criterion states in a form that can be computed with."""
