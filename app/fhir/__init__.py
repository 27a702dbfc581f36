"""Record -> FHIR documents of both releases: one file per resource type, each with its `r4` and `r5`. Pure."""
