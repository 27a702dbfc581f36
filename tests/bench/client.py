"""A closed-loop HTTP client for where there is no `wrk`: the same arguments, the same line of JSON as draw.lua's.

python -m tests.bench.client URL FILE SEED --connections N --seconds N
"""

import argparse
import asyncio
import json
import random
import time
from pathlib import Path
from urllib.parse import urlsplit


def requests_of(file: Path, host: str) -> list[bytes]:
    made = []
    for line in file.read_text().splitlines():
        path, *headers = line.split("\t")
        made.append("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode())
    return made


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes) -> bool:
    """Sends a request and reads its answer to the end; False when it is an error."""
    writer.write(asked)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if status != 304:
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    return status < 400


async def run(url: str, asked: list[bytes], seed: int, connections: int, seconds: float) -> dict[str, float]:
    place = urlsplit(url)
    draw = random.Random(seed)
    times: list[float] = []
    errors = 0
    end = time.perf_counter() + seconds

    async def one() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
        while (begun := time.perf_counter()) < end:
            errors += not await exchange(reader, writer, draw.choice(asked))
            times.append(time.perf_counter() - begun)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    took = time.perf_counter() - begun
    times.sort()
    p50, p99 = (times[int(len(times) * share)] * 1e3 for share in (0.5, 0.99))
    return {"seconds": took, "requests": len(times), "errors": errors, "p50": p50, "p99": p99}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    asked = requests_of(given.file, urlsplit(given.url).netloc)
    print(json.dumps(asyncio.run(run(given.url, asked, given.seed, given.connections, given.seconds))))


if __name__ == "__main__":
    main()
