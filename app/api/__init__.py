"""Thin routes over search and store: FHIR, plain JSON, health."""
