"""Results of checks in; text, JSON or JUnit XML out (https://github.com/testmoapp/junitxml)."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from app.contract.checks.check import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Report(NamedTuple):
    url: str
    results: Sequence[Result]
    requests: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether all holds, and all was asked."""
        return not any(one.kind in ("fails", "unasked") for one in self.results)


def text(report: Report) -> str:
    lines = []
    unasked: dict[str, list[str]] = {}
    for one in report.results:
        if one.kind == "unasked":
            unasked.setdefault(one.note, []).append(one.check.name)
            continue
        promise = f": {one.check.promise} ({one.check.source})" if one.kind == "fails" else ""
        note = f": {one.note}" if one.note else ""
        lines.append(f"{one.kind:8}{one.check.name}{promise}{note}")
        for failure in one.failures:
            lines.append(f"        {failure.request}")
            lines.append(f"          came     {_one_line(failure.came)}")
            lines.append(f"          expected {_one_line(failure.expected)}")
    for note, names in unasked.items():  # when a server does not answer they are nearly all
        lines.append(f"unasked {names[0]}{f' and {len(names) - 1} more' if names[1:] else ''}: {note}")
    n = Counter(one.kind for one in report.results)
    lines.append(
        f"{n['holds']} hold, {n['fails']} fail, {n['skipped']} skipped, {n['unasked']} unasked; "
        f"{report.requests} requests in {report.seconds:.1f} s to {report.url}"
    )
    return "\n".join(lines)


def as_json(report: Report) -> str:
    checks = [
        {
            "name": one.check.name,
            "result": one.kind,
            "promise": one.check.promise,
            "source": one.check.source,
            "failures": [failure._asdict() for failure in one.failures],
            "note": one.note or None,
            "seconds": round(one.seconds, 3),
        }
        for one in report.results
    ]
    head = {"url": report.url, "holds": report.holds, "requests": report.requests, "seconds": round(report.seconds, 3)}
    return json.dumps({**head, "checks": checks}, indent=2)


def junit(report: Report) -> str:
    """What was not asked is an error, what could not be checked is skipped."""
    n = Counter(one.kind for one in report.results)
    counted = {
        "tests": str(len(report.results)),
        "failures": str(n["fails"]),
        "errors": str(n["unasked"]),
        "skipped": str(n["skipped"]),
        "time": f"{report.seconds:.3f}",
    }
    root = ElementTree.Element("testsuites", counted)
    suite = ElementTree.SubElement(root, "testsuite", {"name": f"trials check {report.url}", **counted})
    for one in report.results:
        group, _, name = one.check.name.rpartition(".")
        given = {"classname": f"contract.{group}".rstrip("."), "name": name, "time": f"{one.seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", given)
        if one.kind == "fails":
            told = [f"{f.request}\n  came     {f.came}\n  expected {f.expected}" for f in one.failures]
            failure = ElementTree.SubElement(case, "failure", {"message": one.check.promise, "type": one.check.source})
            failure.text = _NOT_XML.sub("\ufffd", "\n".join(told))
        elif one.kind != "holds":
            ElementTree.SubElement(case, "skipped" if one.kind == "skipped" else "error", {"message": one.note})
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}'


def _one_line(said: str) -> str:
    """Without what moves a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in said)


FORMATS = {"text": text, "json": as_json, "junit": junit}
