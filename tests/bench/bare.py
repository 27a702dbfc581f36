"""The bare application: answers each address with the bytes that the measured server answered, and nothing else.

What is least on this machine with this server (https://asgi.readthedocs.io/en/latest/specs/www.html): status, headers
and body come from a file of recorded answers. With a PostgreSQL database it first reads the asked resource by primary
key, over connections of its own: prepared once, never reset. `python -m tests.bench.bare ANSWERS --workers N` prints
its address.
"""

import argparse
import asyncio
import os
import pickle
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import uvicorn
from uvicorn.supervisors import Multiprocess

ANSWERS = "TRIALS_BENCH_ANSWERS"
CONNECTIONS = 8
READ = "SELECT version, last_updated, deleted, r5 FROM resource WHERE type = $1 AND id = $2"
CHUNK = 1 << 16
Headers = list[tuple[bytes, bytes]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Recorded(NamedTuple):
    """`body` is the answer's, or the file that it is read from; `row` the type and id that are read before it."""

    status: int
    headers: Headers
    body: bytes | Path
    row: tuple[str, str] | None = None


class Answers(NamedTuple):
    """`database` is the address of a PostgreSQL database, or empty."""

    by_path: dict[bytes, Recorded]
    database: str = ""


class Bare:
    def __init__(self, answers: Answers) -> None:
        self._answers, self._database = answers.by_path, answers.database
        self._free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self._open: list[Any] = []

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await self._start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            for connection in self._open:
                await connection.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        query = scope["query_string"]
        one = self._answers[scope["raw_path"] + b"?" + query if query else scope["raw_path"]]
        if self._database and one.row is not None:
            read = await self._free.get()
            try:
                await read.fetchrow(*one.row)
            finally:
                self._free.put_nowait(read)
        await send({"type": "http.response.start", "status": one.status, "headers": one.headers})
        if isinstance(one.body, bytes):
            await send({"type": "http.response.body", "body": one.body})
        else:
            await _stream(one.body, send)

    async def _start(self) -> None:
        for _ in range(CONNECTIONS if self._database else 0):
            connection = await asyncpg.connect(self._database)
            self._open.append(connection)
            self._free.put_nowait(await connection.prepare(READ))


async def _stream(path: Path, send: Send) -> None:
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def create() -> Bare:
    with Path(os.environ[ANSWERS]).open("rb") as file:
        answers: Answers = pickle.load(file)  # our own, of this run
    return Bare(answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("answers", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    os.environ[ANSWERS] = str(given.answers)
    config = uvicorn.Config(
        "tests.bench.bare:create",
        factory=True,
        host="127.0.0.1",
        port=0,
        workers=given.workers,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )
    socket = config.bind_socket()
    print(f"http://127.0.0.1:{socket.getsockname()[1]}")
    sys.stdout.flush()
    if given.workers > 1:
        Multiprocess(config, sockets=[socket]).run()
    else:
        uvicorn.Server(config).run(sockets=[socket])


if __name__ == "__main__":
    main()
