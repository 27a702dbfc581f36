"""The parts of a ResearchStudy, a file for each of its subjects; `app.fhir.research_study` puts them together."""
