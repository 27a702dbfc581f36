"""`trials` with planted entries in the table of what is deprecated: `python -m tests.contract.deprecating serve`."""

from datetime import date

import app.api.deprecated
from app.api.deprecated import Deprecated

ROUTE = Deprecated("/api/v1/schemas/{name}", date(2026, 3, 1), date(2027, 3, 1), "ask /openapi.json")
PARAMETER = Deprecated("/healthz", date(2026, 1, 31), date(2027, 1, 31), "leave it out", parameter="verbose")
FHIR = Deprecated("/fhir/r4/ResearchStudy", date(2026, 2, 1), date(2028, 2, 1), "use r5", parameter="_contained")
READ = Deprecated("/fhir/r4/Location/{id}", date(2026, 2, 1), date(2028, 2, 1), "use r5")

if __name__ == "__main__":
    app.api.deprecated.DEPRECATED = (ROUTE, FHIR, READ)  # type: ignore[assignment]
    from app.cli import main  # which takes it from there

    main()
