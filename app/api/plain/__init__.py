"""The plain JSON API `/api/v1`: trials, criteria, outcomes and sites, their history, their origins, the loads."""

from fastapi import APIRouter

from app.api.plain import changes, items, lists, origins, runs, schemas, trials, versions

router = APIRouter()
for _part in (trials, lists, items, changes, versions, origins, runs, schemas):
    router.include_router(_part.router)
