"""The documents that the tests read: the two seeds, and fictional pages of the two layouts."""

from pathlib import Path

from app.record.trial import Parsed
from app.sources import parse

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds"
CLINCONNECT = SEEDS / "NCT05398809-clinconnect.txt"
TRIALX = SEEDS / "NCT07153666-trialx.txt"
PAGES = sorted((HERE / "pages").glob("*.txt"))


def read(path: Path) -> Parsed:
    return parse(path.name, path.read_bytes())


def read_page(name: str) -> Parsed:
    return read(HERE / "pages" / f"{name}.txt")


def read_text(text: str) -> Parsed:
    return parse("page.txt", text.encode())


def codes(parsed: Parsed) -> list[str]:
    return [issue.code for issue in parsed.trial.issues]
