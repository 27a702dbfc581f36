"""Earlier ids of a record (https://clinicaltrials.gov: an obsolete NCT number) lead to the present one."""

from sqlalchemy import bindparam, select

from app.store import lists
from app.store import tables as t

ALIAS = (
    select(t.trial.c.id)
    .join(lists.identifier, lists.identifier.c.trial_key == t.trial.c.key)
    .where(lists.identifier.c.kind == "alias", lists.identifier.c.value_folded == bindparam("alias"))
    .order_by(t.trial.c.id)
    .limit(1)
)
