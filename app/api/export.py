"""Bulk Data Access 2.0 (https://hl7.org/fhir/uv/bulkdata/export.html): the whole registry as files of NDJSON.

A kick-off answers 202 with the address of a status, the status the list of files once they are written, and the files
can be fetched in pieces. All servers of a database answer for all exports.
"""

import asyncio
import re
import tempfile
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app import clock
from app.api.answers import FHIR_JSON, JSON, base_url, http_date
from app.api.errors import refusal
from app.api.export_request import read_request
from app.api.fhir.answers import fhir_base, place
from app.api.formats import written
from app.api.routes import Route
from app.errors import RequestError
from app.fhir.outcome import issue, outcome
from app.settings import Settings
from app.store.export_jobs import ExportJobs, Job, NoFolder, TooMany

NDJSON = "application/fhir+ndjson"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.I)


async def kick_off(request: Request) -> Response:
    """https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-kick-off-request"""
    release, kind = place(request)
    wanted = await read_request(request, release, kind)
    asked = f"{base_url(request)}{request.url.path}"
    if request.url.query:
        asked += f"?{request.url.query}"
    try:
        id = await asyncio.to_thread(_jobs(request).start, wanted.export, asked, wanted.ignored)
    except TooMany as many:
        error = RequestError(429, "throttled", f"{many.limit} exports are there, which is the limit ({many.setting})")
        return refusal(request, error, {"Retry-After": str(many.seconds)})
    except NoFolder as error:
        raise RequestError(
            500, "exception", "the server's folder for exports (TRIALS_EXPORT_FOLDER) cannot be written to"
        ) from error
    address = f"{fhir_base(request, release)}/$export-status/{id}"
    notes = [issue("information", "informational", f"the export has begun: {address}")]
    notes += [issue("warning", "not-supported", reason) for reason in wanted.ignored]
    body, media_type = written(outcome(*notes), release, request.state.format)
    return Response(body, 202, {"Content-Location": address}, media_type)


async def status(request: Request) -> Response:
    """https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-status-request"""
    job = await _job(request)
    if job.state == "running":
        waited = clock.now() - datetime.fromisoformat(job.requested)
        headers = {"X-Progress": _progress(job), "Retry-After": str(min(30, 1 + int(waited.total_seconds()) // 10))}
        return Response(status_code=202, headers=headers)
    if job.state == "failed":
        raise RequestError(500, "exception", f"the export failed: {job.reason}")
    assert job.exported is not None
    base = f"{fhir_base(request, job.release)}/$export-file/{job.id}/"
    manifest = job.exported.manifest(job.request, base)
    headers = {"Expires": http_date(job.expires), "Cache-Control": "no-cache"}
    return Response(orjson.dumps(manifest), 200, headers, JSON)


def _progress(job: Job) -> str:
    """At most 100 characters."""
    if job.total is None:
        return "not begun"
    return f"{job.done} of {job.total} resources ({job.type})"


async def remove(request: Request) -> Response:
    """https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-delete-request"""
    job = await _job(request)
    await asyncio.to_thread(_jobs(request).remove, job.id)
    note = issue("information", "informational", "the export is deleted, and its files")
    return Response(outcome(note), 202, None, FHIR_JSON)


async def file(request: Request) -> Response:
    """https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-request, in pieces too (RFC 9110, 14)."""
    job = await _job(request)
    name = request.path_params["file"].removesuffix(".ndjson")
    assert job.exported is not None
    _, *kinds = job.exported
    listed = {file.name: file for files in kinds for file in files}
    if name not in listed or not request.path_params["file"].endswith(".ndjson"):
        raise RequestError(404, "not-found", f"the export has no file '{name[:80]}.ndjson'")
    path = job.folder / f"{name}.ndjson"
    try:
        found = await asyncio.to_thread(path.stat)
    except OSError as error:
        raise RequestError(
            500, "exception", "the file is not in this server's folder for exports (TRIALS_EXPORT_FOLDER)"
        ) from error
    tag = f'"{listed[name].digest}"'
    # no-transform: a range of a compressed file is not that of the file (RFC 9111, 5.2.2.6)
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-transform",
        "Expires": http_date(job.expires),
        "Last-Modified": http_date(job.exported.transaction_time),
    }
    response = FileResponse(path, 200, headers, NDJSON, stat_result=found)
    start = _first_byte(request, found.st_size, (tag, response.headers["last-modified"]))
    if start is None:
        request.scope["headers"] = [(key, value) for key, value in request.scope["headers"] if key != b"range"]
    elif start >= found.st_size:
        asked = request.headers["range"]
        refused = RequestError(416, "value", f"Range is '{asked}': the file has {found.st_size} bytes", "Range")
        return refusal(request, refused, {"Content-Range": f"bytes */{found.st_size}"})
    return response


def _first_byte(request: Request, size: int, validators: tuple[str, str]) -> int | None:
    """Where the range that is asked for begins. None when the whole file is the answer: for no range, for several, for
    one that is not understood, and for one of another file (RFC 9110, 13.1.5, 14.2)."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if not found or request.headers.get("if-range", validators[0]) not in validators:
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)) if int(last) else size) if last else None
    return int(first) if not last or int(first) <= int(last) else None


async def _job(request: Request) -> Job:
    release, id = request.path_params["release"], request.path_params["job"]
    job = await asyncio.to_thread(_jobs(request).look, id)
    if job is None or job.release != release or ("file" in request.path_params and job.state != "complete"):
        raise RequestError(404, "not-found", f"there is no export '{id[:40]}': it may be deleted or expired")
    return job


def _jobs(request: Request) -> ExportJobs:
    jobs: ExportJobs = request.app.state.exports
    return jobs


def open_jobs(settings: Settings, engine: Engine) -> ExportJobs:
    """For the application's state, as `exports`; to be closed with it."""
    folder = Path(settings.export_folder or Path(tempfile.gettempdir()) / "trials-exports")
    return ExportJobs(engine, folder, settings.export_hours, settings.export_jobs, settings.export_kept)


ROUTES = (
    Route("/fhir/{release}/$export", kick_off, ("GET", "POST")),
    Route("/fhir/{release}/$export-status/{job}", status, ("GET",)),
    Route("/fhir/{release}/$export-status/{job}", remove, ("DELETE",)),
    Route("/fhir/{release}/$export-file/{job}/{file}", file, ("GET",)),
    Route("/fhir/{release}/{type}/$export", kick_off, ("GET", "POST")),
)
