"""How much of memory is looked at for some words, whatever database keeps it."""

from collections.abc import Sequence

#: No more rows than that are ranked, the newest of all that are found.
MOST_RANKED = 1_000
#: Whoever says more words than that asks a question: no entry needs to have all of them.
MOST_ASKED_FOR = 4
#: A word may be unfinished that has as many letters: shorter ones stand for half of all words.
SHORTEST_BEGINNING = 3


def may_go_on(words: Sequence[str]) -> bool:
    """Whether the last word may be the beginning of one."""
    return sum(map(str.isalnum, words[-1])) >= SHORTEST_BEGINNING
