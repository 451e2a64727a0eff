"""A person talks with the embedded model in a terminal, stops it, loses the daemon, and goes on."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.processes import Daemon, triforce
from tests.triforce_cli.person import CTRL_C, CTRL_D, ENTER, Person

pytestmark = [pytest.mark.model, pytest.mark.timeout(120)]

STORY = "Tell me a long story about a lighthouse, a storm and a ship."


def at_the_prompt(person: Person) -> bool:
    rows = [row for row in person.terminal.rows() if row]
    return len(rows) > 1 and rows[-2] == ">" and " · " in rows[-1]


@pytest.fixture
def environ(home: dict[str, str], model_file: str) -> Iterator[dict[str, str]]:
    environ = {**home, "TRIFORCE_BUILTIN_MODEL": model_file}
    yield environ
    triforce(environ, "daemon", "stop")


def told_since(person: Person, line: str) -> int:
    """How many characters stand below the last row that begins with `line`."""
    rows = person.terminal.rows()
    begins = [number for number, row in enumerate(rows) if row.startswith(line)]
    return sum(map(len, rows[begins[-1] + 1 :])) if begins else 0


def test_a_conversation(environ: dict[str, str]) -> None:
    daemon = Daemon(environ).start()
    with Person("chat", environ=environ) as person:
        person.waits_until(lambda: at_the_prompt(person), "prompt")
        person.type(STORY + ENTER)
        person.waits_until(lambda: sum(map(len, person.terminal.rows())) > 400, "story")
        person.type(CTRL_C)
        person.waits_for("Stopped. What came is kept.")
        person.waits_until(lambda: at_the_prompt(person), "prompt")

        person.type("/retry" + ENTER)
        person.waits_until(lambda: told_since(person, "> /retry") > 80, "answer")
        daemon.kill()
        person.waits_for("The next message starts it again.")
        person.type("Say hi." + ENTER)
        person.waits_for("Started the daemon in the background.")
        person.waits_until(lambda: at_the_prompt(person), "prompt")

        person.type("/usage" + ENTER)
        person.waits_for("Conversation: 2 turns")
        person.type(CTRL_D)
        assert person.waits_for_the_end() == 0
    assert b"lighthouse" in triforce(environ, "sessions", "list").stdout
