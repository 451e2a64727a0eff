"""Finds tools by what people call them, in English and German: full text with weights, in a database in memory."""

import re
import sqlite3
import weakref
from collections.abc import Iterable

from triforce_daemon.toolbox.entry import Entry

#: How much a word counts in the name, the keywords, the first sentence, the rest, the parameters.
_WEIGHTS = (8.0, 10.0, 5.0, 2.0, 1.0)
_WORD = re.compile(r"[^\W_]{2,}")
#: What says nothing of what somebody looks for.
_EMPTY_WORDS = """
a an and are as at be by can do does for from get give have how i in into is it make me my of on or please show some
tell that the them this to tool use want what when where which who with you your
alle als am an auf aus bei bitte das dem den der des die dies diese du ein eine einem einen einer eines er es für gib
hat ich ihr im in ist kann man mein meine meinem meinen meiner mir mit oder sie sind so um und vom von war was welche
welchem welchen welcher wer wie will wir wo zeig zeige zu zum zur
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
#: Endings that German and English words take on; the rest is looked for as a beginning.
_ENDING = re.compile("(?:ungen|ings|ung|ing|ern|est|ten|ies|en|er|es|em|ed|et|st|te|[enstyr])$")
_SHORTEST_STEM = 4


class ToolSearch:
    """An index of tools; it is made anew where the tools have changed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        # Nobody else knows of it: it is closed with the search that it belongs to.
        weakref.finalize(self, self._index.close)
        self._index.execute(
            "CREATE VIRTUAL TABLE tools USING fts5(tool UNINDEXED, name, keywords, title, description, parameters,"
            " tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._index.executemany("INSERT INTO tools VALUES (?, ?, ?, ?, ?, ?)", map(_row, entries))

    def find(self, query: str, allowed: Iterable[str], limit: int) -> list[tuple[str, float]]:
        """Names of tools among `allowed` and how well they fit, the best first."""
        looked_for = " OR ".join(f'"{stem}"*' for stem in _stems(query))
        if not looked_for:
            return []
        rank = ", ".join(map(str, (0.0, *_WEIGHTS)))
        rows = self._index.execute(
            f"SELECT tool, -bm25(tools, {rank}) AS fit FROM tools WHERE tools MATCH ? ORDER BY fit DESC, tool",
            (looked_for,),
        )
        known = frozenset(allowed)
        return [(name, round(fit, 3)) for name, fit in rows if name in known][:limit]


def _row(entry: Entry) -> tuple[str, ...]:
    title, _, rest = entry.description.partition("\n")
    names = " ".join([entry.name, *entry.declared.formerly, entry.category]).replace("_", " ")
    return entry.name, names, " ".join(entry.declared.keywords), title, rest, " ".join(entry.signature.sent)


def _stems(text: str) -> list[str]:
    words = (word for word in _WORD.findall(text.lower()) if word not in _EMPTY)
    return list(dict.fromkeys(map(_stem, words)))


def _stem(word: str) -> str:
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word
