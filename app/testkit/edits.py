"""Deletes and changes records of a pinned server, as a load would; the pinned clock moves by a second at each."""

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, select

from app import clock
from app.errors import RequestError
from app.intake.removal import remove
from app.plain.render import trial_json
from app.plain.shapes import TrialShape
from app.record.trial import Trial
from app.store import tables as t
from app.store.engine import writing
from app.store.get import get_trial
from app.store.put import put_trial
from app.testkit.faults import Edit


def make_edit(engine: Engine, edit: Edit) -> None:
    """Raises RequestError: 404 for a trial that is not there, 400 for fields that a record does not have."""
    with writing(engine) as connection:
        row = _head(connection, edit.trial)
        if edit.delete:
            clock.move(1)
            remove(connection, [row], None, clock.instant())
            return
        changed = _changed(get_trial(connection, row.key), edit)
        clock.move(1)
        put_trial(connection, changed, clock.instant())


def check_edit(engine: Engine, edit: Edit) -> None:
    """Raises what `make_edit` would raise."""
    with engine.connect() as connection:
        row = _head(connection, edit.trial)
        if not edit.delete:
            _changed(get_trial(connection, row.key), edit)


def _head(connection: Connection, id: str):  # type: ignore[no-untyped-def]  # a row
    trial = t.trial.c
    found = select(trial.key, trial.version, trial.overall_status, trial.removed).where(trial.id == id)
    row = connection.execute(found).one_or_none()
    if row is None or row.removed is not None:
        said = f"there is no trial '{id[:80]}'" if row is None else f"the trial '{id}' is deleted already"
        raise RequestError(404, "not-found", said, "trial")
    return row


def _changed(trial: Trial, edit: Edit) -> Trial:
    """Without fields: another title."""
    fields = edit.fields or {"title": f"{trial.title or trial.id} (changed)"}
    known = [name for name in Trial.model_fields if name != "id"]
    for name in fields:
        if name not in known:
            raise RequestError(400, "value", f"'{name[:80]}' is no field: expected one of {', '.join(known)}", "fields")
    try:
        changed = Trial.model_validate({**trial.model_dump(), **fields})
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise RequestError(400, "value", f"{at} is {str(first['input'])[:80]!r}: {first['msg']}", "fields") from error
    served = orjson.loads(trial_json(changed, 1, clock.instant()))
    # of codes the record takes any text: sources have read them; what is served has none but those that are listed
    wrong = best_match(Draft202012Validator(TrialShape.model_json_schema(mode="serialization")).iter_errors(served))
    if wrong is not None:
        at, given = wrong.json_path.removeprefix("$."), str(wrong.instance)[:80]
        raise RequestError(400, "value", f"{at} is {given!r}: {wrong.message[:500]}", "fields")
    return changed
