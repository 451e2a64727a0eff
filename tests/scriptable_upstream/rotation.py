"""Answers for requests that nobody scripted: plain words, other ones each time."""

from functools import lru_cache

from tests.scriptable_upstream.script import Script, say

#: Eight of them: one constant word would look like a model caught in a loop, and some clients end such a stream.
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel")
SHORT = 6


@lru_cache(maxsize=512)
def rotated(turn: int, words: int = SHORT) -> Script:
    """An answer of so many words, beginning with another one at each turn."""
    spoken = (WORDS[(turn + place) % len(WORDS)] for place in range(words))
    return say(*(word if place == 0 else f" {word}" for place, word in enumerate(spoken)))
