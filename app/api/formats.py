"""FHIR JSON as it leaves: as it is, indented, or as XML (https://hl7.org/fhir/R5/formats.html)."""

import orjson

from app.api.answers import FHIR_JSON
from app.api.negotiate import Format
from app.fhir.xml import to_xml

FHIR_XML = "application/fhir+xml; charset=utf-8"


def written(body: bytes, release: str, format: Format) -> tuple[bytes, str]:
    """JSON as the format wants it, and its media type."""
    if format.name == "xml":
        return to_xml(orjson.loads(body), release), FHIR_XML
    if format.pretty:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2), FHIR_JSON
    return body, FHIR_JSON
