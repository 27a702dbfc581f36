"""Listing pages: TrialX and ClinConnect, and what their parsers share."""
