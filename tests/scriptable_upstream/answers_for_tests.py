"""Scripts that the tests of several wires play."""

from tests.scriptable_upstream.script import Call, Refusal, Script, Text, Thinking, Usage

#: Raw JSON with blanks, an escape, a character beyond ASCII and a number that a parser would write otherwise.
ARGUMENTS = '{"city": "Zürich \\u263a",  "days":1e1}'
PARSED = {"city": "Zürich ☺", "days": 10.0}
DELTAS = (ARGUMENTS[:5], ARGUMENTS[5:20], ARGUMENTS[20:])

HELLO = Script((Text(("Hello", ",", " wörld", " 🌍")),), usage=Usage(20, 4, cached=8))
PARALLEL = Script(
    (
        Text(("I'll look.",)),
        Call("get_weather", DELTAS, "call_abc1"),
        Call("get_time", ("{}",), "call_abc2"),
    ),
    usage=Usage(100, 30),
)
INTERLEAVED = Script(PARALLEL.parts, usage=PARALLEL.usage, interleaved=True)
THOUGHTFUL = Script(
    (
        Thinking(("Let me", " see"), "c2lnbmF0dXJl"),
        Text(
            (
                "It",
                " is.",
            )
        ),
    ),
    usage=Usage(10, 9, reasoning=5),
)
REDACTED = Script((Thinking((), "ZW5jcnlwdGVk", redacted=True), Text(("Done",))))
REFUSED = Script((Refusal(("I can't", " do that.")),))
CUT_SHORT = Script((Text(("Too", " long")),), finish="length")
EMPTY_CALL = Script((Call("now", (), "call_none"),))
