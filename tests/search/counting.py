"""The SQL statements that an application in this process asks its database for."""

from collections.abc import Callable, Sequence
from typing import Any

from app.store.database import Database, Script, Statement


class Counted:
    """What one application asks its database for. The first statement may be asked outside of a transaction; when
    another follows, all begins anew inside one, since both must see one snapshot: that first one is not counted."""

    def __init__(self, asked: Database) -> None:
        self.statements: list[Statement] = []
        self._run, self._point, self._points = asked.run, asked.point, asked.points
        asked.run = self.run  # type: ignore[method-assign]
        asked.point = self.point  # type: ignore[method-assign]
        asked.points = self.points  # type: ignore[method-assign]

    async def run(self, make: Callable[[], Script[Any]], **how: Any) -> Any:
        attempts: list[list[Statement]] = []

        def begin() -> Script[Any]:
            attempts.append([])
            return self._through(make(), attempts[-1])

        result = await self._run(begin, **how)
        *abandoned, done = attempts
        assert sum(map(len, abandoned)) <= 1
        self.statements += done
        return result

    async def point(self, statement: Statement) -> Any:
        self.statements.append(statement)
        return await self._point(statement)

    async def points(self, statement: Statement) -> Any:
        self.statements.append(statement)
        return await self._points(statement)

    def _through(self, script: Script[Any], asked: list[Statement]) -> Script[Any]:
        rows: Sequence[Any] | None = None
        while True:
            try:
                statement = next(script) if rows is None else script.send(rows)
            except StopIteration as end:
                return end.value
            rows = yield statement
            asked.append(statement)
