"""Results and words of one turn are two messages."""

from triforce_daemon.dialects.canonical import Part
from triforce_daemon.dialects.tool_turns import apart

WORDS: Part = {"type": "text", "text": "And?"}
RESULT: Part = {"type": "tool_result", "id": "a", "name": None, "content": [], "failed": False}


def test_results_and_words() -> None:
    assert apart([WORDS]) == [{"role": "user", "parts": [WORDS]}]
    assert apart([]) == [{"role": "user", "parts": []}]
    assert apart([RESULT, RESULT]) == [{"role": "tool", "parts": [RESULT, RESULT]}]
    tool, user = {"role": "tool", "parts": [RESULT]}, {"role": "user", "parts": [WORDS]}
    assert apart([RESULT, WORDS]) == [tool, user]
    assert apart([WORDS, RESULT]) == [user, tool]
