"""The words of a resource, for full-text search: folded, each once, by where they stand."""

import re
from html import unescape
from typing import Any

from app.record.ids import fold

# A Chinese, Japanese or Korean character is a word: their texts have no spaces between words
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_TAG = re.compile(r"<[^>]*>")
_NO_WORDS = {"resourceType", "id", "meta", "text", "url", "reference", "system", "linkId", "valueUri", "valueCanonical"}


def word_list(text: str) -> list[str]:
    """The words of a text, folded: what full-text search compares."""
    return _WORDS.findall(fold(text))


def words_of(document: dict[str, Any]) -> tuple[str, str, str]:
    """The words of the title or name, of the narrative, and of all else that are in neither: each once."""
    named = document.get("title") or document.get("name") or ""
    title = named if isinstance(named, str) else " ".join(map(_whole_name, named))
    narrative = unescape(_TAG.sub(" ", (document.get("text") or {}).get("div", "")))
    texts: list[str] = []
    _collect({name: value for name, value in document.items() if name not in _NO_WORDS}, texts)
    first, second = (dict.fromkeys(word_list(text)) for text in (title, narrative))
    rest = dict.fromkeys(word for text in texts for word in word_list(text))
    others = [word for word in rest if word not in first and word not in second]
    return " ".join(first), " ".join(second), " ".join(others)


def _whole_name(name: dict[str, Any]) -> str:
    return " ".join([name.get("text", ""), *name.get("given", ()), name.get("family", "")])


def _collect(node: Any, texts: list[str]) -> None:
    if isinstance(node, str):
        texts.append(node)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "text" and isinstance(value, str):
                texts.append(value)
            elif name not in _NO_WORDS:
                _collect(value, texts)
    elif isinstance(node, list):
        for each in node:
            _collect(each, texts)
