"""A piece of a text around the words that were searched for, with « » around each of them."""

import re
import unicodedata
from collections.abc import Sequence

#: So many words are shown.
LENGTH = 16
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f]")


def snippet(texts: Sequence[str], wanted: Sequence[str]) -> str:
    """Of the text in which most of `wanted` stand close together; the last of them may be the beginning of a word."""
    *whole, last = [_folded(part) for word in wanted for part in _WORD.findall(word)] or [""]
    best, place, found = 0, 0, texts[0]
    for one in texts:
        hits = [_hit(word[0], whole, last) for word in _WORD.finditer(one)]
        for start in range(max(len(hits) - LENGTH + 1, 1)):
            count = sum(hits[start : start + LENGTH])
            if count > best:
                best, place, found = count, _calm(hits, start), one
    return _marked(found, place, whole, last)


def _calm(hits: Sequence[bool], start: int) -> int:
    """Not right before the first hit: a few words lead up to it, where there are some."""
    first = hits.index(True, start)
    return max(min(start, len(hits) - LENGTH), 0) if first - start < LENGTH // 2 else max(first - LENGTH // 2, 0)


def _marked(said: str, place: int, whole: Sequence[str], last: str) -> str:
    words = list(_WORD.finditer(said))
    shown = words[place : place + LENGTH]
    if not shown:
        return said
    start = 0 if place == 0 else shown[0].start()
    end = len(said) if place + LENGTH >= len(words) else shown[-1].end()
    pieces, at = ["…" if start else ""], start
    for word in shown:
        mark = ("«", "»") if _hit(word[0], whole, last) else ("", "")
        pieces += [said[at : word.start()], mark[0], word[0], mark[1]]
        at = word.end()
    return "".join([*pieces, said[at:end], "…" if end < len(said) else ""])


def _hit(word: str, whole: Sequence[str], last: str) -> bool:
    folded = _folded(word)
    return folded in whole or (bool(last) and folded.startswith(last))


def _folded(word: str) -> str:
    """As `said()` of the first migration has it."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", word.lower()))
