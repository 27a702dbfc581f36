"""Faults on request: what is to go wrong, on which address, and after how many answers. Pure."""

from fnmatch import fnmatchcase
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Edit(BaseModel):
    """A record is deleted, or changed: then `fields` are those of the record that get other values."""

    model_config = ConfigDict(extra="forbid")

    trial: str
    delete: bool = False
    fields: dict[str, Any] = {}


class Fault(BaseModel):
    """What befalls the next requests of an address. At least one thing does."""

    model_config = ConfigDict(extra="forbid")

    route: str = Field(pattern=r"^/[^?#]*$", description="a path, without a query; `*` stands for anything")
    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] | None = Field(
        None, description="only requests of this method"
    )
    skip: int = Field(0, ge=0, description="so many requests are answered before")
    times: int = Field(1, ge=1, description="so many requests have the fault")
    status: int | None = Field(None, ge=400, le=599, description="the answer is this error")
    retry_after: int | None = Field(None, ge=0, description="seconds, for the header `Retry-After` of the error")
    wait: float | None = Field(None, gt=0, le=600, description="seconds before anything is answered")
    cut: bool = Field(False, description="the connection is closed in the middle of the body")
    edit: Edit | None = Field(None, description="is done before the request is answered")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.status is None and self.wait is None and not self.cut and self.edit is None:
            raise ValueError("expected one or more of status, wait, cut and edit")
        if self.retry_after is not None and self.status is None:
            raise ValueError("retry_after is a header of an error: expected a status too")
        if self.cut and self.method == "HEAD":
            raise ValueError("the answer to HEAD has no body that could be cut off: expected another method")
        if self.route.startswith("/pinned"):
            raise ValueError("/pinned itself has no faults: expected another route")
        return self

    def meets(self, method: str, path: str) -> bool:
        if self.cut and method == "HEAD":  # it has no body
            return False
        return fnmatchcase(path, self.route) and self.method in (None, method)


class Faults:
    """Those that are still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def next_for(self, method: str, path: str) -> Fault | None:
        """The fault of this request: the first that is due. Those that meet the request too, but not yet, count it."""
        for fault in list(self.waiting):
            if not fault.meets(method, path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.waiting.remove(fault)
            return fault
        return None
