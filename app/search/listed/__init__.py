"""Lists that are no FHIR resources: criteria, outcomes and sites of the plain API, searched in their own tables."""
