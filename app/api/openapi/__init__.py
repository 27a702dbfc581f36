"""`/openapi.json` (https://spec.openapis.org/oas/v3.1.1.html): the application's routes in, one document out.

FastAPI describes the plain routes and `plain` says the rest of them; `fhir` and `export` write the FHIR routes out from
the tables that declare them.
"""

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.deprecated import announce
from app.api.openapi import common, examples, export, fhir, plain, resources
from app.fhir.conformance import FHIR_VERSIONS

Json = dict[str, Any]


def install(app: FastAPI) -> None:
    def describe() -> Json:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            plain.complete(document)
            for release in FHIR_VERSIONS:
                document["paths"].update(fhir.paths(release))
                document["paths"].update(export.paths(release))
            for name, made in {**common.components(), "schemas": resources.components()}.items():
                document["components"].setdefault(name, {}).update(made)
            document = orjson.loads(orjson.dumps(document))  # what the tables share is marked one by one
            examples.add(document)
            announce(app.state.deprecated, document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]
