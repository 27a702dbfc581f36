"""Which format and FHIR version an answer has (https://hl7.org/fhir/R5/http.html#mime-type, #version-parameter).

`_format` goes before `Accept`; a `+` in it may come as a space. What is not served is 406, a body of another kind 415.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from starlette.requests import Request

from app.errors import RequestError
from app.fhir.conformance import FHIR_VERSIONS

JSON_TYPES = ("application/fhir+json", "application/json", "text/json")
XML_TYPES = ("application/fhir+xml", "application/xml", "text/xml")
_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
_ANY = ("*/*", "application/*", "text/*")
_NAMES: dict[str, Literal["json", "xml"]] = {
    "json": "json",
    "xml": "xml",
    **dict.fromkeys(JSON_TYPES, "json"),
    **dict.fromkeys(XML_TYPES, "xml"),
    **dict.fromkeys(_ANY, "json"),
}


class Format(NamedTuple):
    name: Literal["json", "xml"] = "json"
    pretty: bool = False


def format_of(request: Request, release: str, form: Iterable[tuple[str, str]] = ()) -> Format:
    """`form` are the parameters of the body. Raises RequestError 406 when the request wants a format or FHIR version
    that is not served here."""
    if not request.scope["query_string"] and not form:
        return Format(_accepted(_accept(request), release))
    given = {**request.query_params, **dict(form)}
    pretty = given.get("_pretty", "false")
    if pretty not in ("true", "false"):
        raise RequestError(400, "value", f"_pretty is '{pretty[:60]}': expected true or false", "_pretty")
    wanted = given.get("_format")
    if wanted is not None:
        name, parameters = _parts(wanted.replace("fhir ", "fhir+", 1))
        if name not in _NAMES or name in _ANY:
            raise RequestError(406, "not-supported", f"_format is '{wanted[:100]}': expected json or xml", "_format")
        _require_version(parameters, release, "_format", 406)
        return Format(_NAMES[name], pretty == "true")
    return Format(_accepted(_accept(request), release), pretty == "true")


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept")) or "*/*"


@lru_cache(maxsize=1 << 10)  # programs send the same header with every request
def _accepted(accept: str, release: str) -> Literal["json", "xml"]:
    """The most wanted of what is served, JSON where either will do (RFC 9110, 12.5.1)."""
    parts = [_parts(one) for one in accept.split(",")]
    choices = [(_quality(parameters), name, parameters) for name, parameters in parts if name in _NAMES]
    never = {_NAMES[name] for quality, name, _ in choices if quality <= 0 and name not in _ANY}
    other_version: RequestError | None = None
    for quality, name, parameters in sorted(choices, key=lambda choice: -choice[0]):
        made: Literal["json", "xml"] = "xml" if name in _ANY and "json" in never else _NAMES[name]
        if quality <= 0 or made in never:
            continue
        try:
            _require_version(parameters, release, "Accept", 406)
        except RequestError as error:
            other_version = other_version or error
        else:
            return made
    expected = "application/fhir+json or application/fhir+xml"
    refusal = RequestError(406, "not-supported", f"Accept is '{accept[:200]}': expected {expected}", "Accept")
    raise other_version or refusal


def body_format(request: Request, release: str) -> Literal["json", "xml"]:
    """Of what the request brings. Raises RequestError 415."""
    given = request.headers.get("content-type", "application/fhir+json")
    name, parameters = _parts(given)
    if name not in _NAMES or name in _ANY or "/" not in name:
        expected = "application/fhir+json or application/fhir+xml"
        raise RequestError(
            415, "not-supported", f"Content-Type is '{given[:100]}': expected {expected}", "Content-Type"
        )
    _require_version(parameters, release, "Content-Type", 415)
    return _NAMES[name]


def require_form(request: Request) -> None:
    """Raises RequestError 415 unless the body is a form, as `POST _search` has it."""
    given = request.headers.get("content-type", "")
    if _parts(given)[0] != "application/x-www-form-urlencoded":
        raise RequestError(
            415,
            "not-supported",
            f"Content-Type is '{given[:100]}': expected application/x-www-form-urlencoded",
            "Content-Type",
        )


def preferences(request: Request) -> set[str]:
    """The preferences of `Prefer` headers (RFC 7240), such as `handling=lenient` and `respond-async`."""
    headers = request.headers.getlist("prefer")
    return {one.strip().lower() for header in headers for one in header.replace(";", ",").split(",")}


def _parts(text: str) -> tuple[str, list[str]]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    return name, parameters


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0


def _require_version(parameters: Iterable[str], release: str, where: str, status: int) -> None:
    served = FHIR_VERSIONS[release]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        value = value.strip().strip('"')
        if name.strip() == "fhirversion" and value not in (served, served.rsplit(".", 1)[0]):
            raise RequestError(
                status,
                "not-supported",
                f"{where} asks for FHIR version '{value[:40]}': this endpoint serves {served}",
                where,
            )
