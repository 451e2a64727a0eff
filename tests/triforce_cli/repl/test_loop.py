"""A conversation in a terminal, as a person has it: typed, stopped, gone on with, and left."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import ALT_ENTER, CTRL_C, CTRL_D, CTRL_J, ENTER, TAB, UP, Person
from tests.triforce_cli.replies import DETAIL, MODEL_ID, SESSION, SESSION_ID, TURN

NEW = "/v1/sessions/new/turns"
KEPT = f"/v1/sessions/{SESSION_ID}/turns"
ANSWER = "Because of Rayleigh scattering."
STARTED, DELTA, *_ = TURN
HISTORY = ".local/state/triforce/chat_history"


@pytest.fixture
def person(environ: dict[str, str], fake_daemon: FakeDaemon) -> Iterator[Person]:
    """Somebody who talks with the stand-in of the daemon, and has read the greeting."""
    with Person("chat", environ=environ) as person:
        ready(person)
        yield person


def ready(person: Person) -> None:
    """Wait for the prompt with the bar below it."""
    person.waits_until(lambda: _waits(person), "prompt")


def says(person: Person, text: str, until: str) -> None:
    """Type a line, send it, and wait for what comes of it and for the next prompt."""
    person.type(text + ENTER)
    person.waits_until(lambda: person.sees(until) and _waits(person), until)


def _waits(person: Person) -> bool:
    rows = [row for row in person.terminal.rows() if row]
    return len(rows) > 1 and rows[-2] == ">" and " · " in rows[-1]


def turns(daemon: FakeDaemon) -> list[dict[str, Any]]:
    return [asked.body for asked in daemon.asked if asked.path.endswith("/turns")]


def test_a_conversation_from_beginning_to_end(person: Person, fake_daemon: FakeDaemon) -> None:
    says(person, "Why is it blue?", ANSWER)
    assert person.terminal.rows()[-1] == f"{MODEL_ID} · Why is the sky blue? · 46 tokens"
    says(person, "And then?", "92 tokens")
    person.type(CTRL_D)
    assert person.waits_for_the_end() == 0
    assert [asked.path for asked in fake_daemon.asked if "turns" in asked.path] == [NEW, KEPT]
    assert [turn["input"] for turn in turns(fake_daemon)] == ["Why is it blue?", "And then?"]
    assert person.sees("To go on: triforce chat -c")
    assert sum(row == ANSWER for row in person.terminal.rows()) == 2


def test_ctrl_c_stops_the_answer_alone(person: Person, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, {**DELTA, "text": "Because **of"}, 20])
    person.type("Why?" + ENTER)
    person.waits_for("Because **of")
    person.type(CTRL_C)
    person.waits_for("Stopped. What came is kept.")
    says(person, "Go on.", ANSWER)
    assert fake_daemon.hung_up == 1


def test_ctrl_c_empties_the_line_and_says_how_to_end(person: Person, fake_daemon: FakeDaemon) -> None:
    person.type("never sent" + CTRL_C)
    person.waits_until(lambda: not person.sees("never sent"))
    person.type(CTRL_C)
    person.waits_for("To end: Ctrl+D or /quit.")
    ready(person)
    says(person, "sent", ANSWER)
    assert [turn["input"] for turn in turns(fake_daemon)] == ["sent"]


@pytest.mark.parametrize("typed", ["/quit", "/exit", CTRL_D])
def test_nothing_said_nothing_to_go_on_with(person: Person, typed: str) -> None:
    person.type(typed + (ENTER if typed != CTRL_D else ""))
    assert person.waits_for_the_end() == 0
    assert not person.sees("To go on")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (f"one{CTRL_J}two{ENTER}", "one\ntwo"),
        (f"one{ALT_ENTER}two{ENTER}", "one\ntwo"),
        (f"\x1b[200~one\r\ntwo\nthree\x1b[201~{ENTER}", "one\ntwo\nthree"),
        (f'"""{ENTER}one{ENTER}{ENTER}two{ENTER}"""{ENTER}', "one\n\ntwo"),
        (f"```py{ENTER}one{ENTER}```{ENTER}", "```py\none\n```"),
        (f"//etc/hosts{ENTER}", "/etc/hosts"),
        (f"\x1b[13;2u!{ENTER}", "!"),
    ],
)
def test_how_a_message_is_typed(person: Person, fake_daemon: FakeDaemon, typed: str, sent: str) -> None:
    person.type(typed)
    person.waits_for(ANSWER)
    assert [turn["input"] for turn in turns(fake_daemon)] == [sent]


def test_what_is_typed_during_an_answer_waits_for_its_end(person: Person, fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, [STARTED, {**DELTA, "text": "Because"}, 0.5, *TURN[2:]])
    person.type("one" + ENTER)
    person.waits_for("Because")
    says(person, "two", ANSWER)
    assert [turn["input"] for turn in turns(fake_daemon)] == ["one", "two"]
    assert "two" not in person.terminal.sent.split("Because")[0]
    assert person.sees("BecauseRayleigh scattering.")


def test_errors_do_not_end_it(person: Person, fake_daemon: FakeDaemon) -> None:
    error = {"code": "upstream_failed", "message": "The engine broke.", "hint": "Try again.", "request_id": "r"}
    fake_daemon.streams("POST", NEW, [STARTED, {**DELTA, "text": "Bec"}, {**DELTA, "type": "error", "error": error}])
    fake_daemon.refuses("POST", KEPT, 404, "model_not_found", "There is no model `x`.")
    fake_daemon.streams("POST", KEPT, TURN)
    says(person, "Why?", "error: The engine broke.")
    assert person.sees("hint:  Try again.")
    says(person, "Why?", "error: There is no model `x`.")
    says(person, "/nonsense", "error: There is no command /nonsense.")
    says(person, "/modle x", "Did you mean /model?")
    says(person, "/file", "/file FILES")
    says(person, "/new now", "/new stands alone.")
    says(person, "Why?", ANSWER)


def test_a_daemon_that_goes_away_is_started_again(environ: dict[str, str], home: Path) -> None:
    broken = home / ".config/triforce/config.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text("[no.such.section]\n")
    socket = str(home / ".local/state/triforce/run/triforced.sock")
    with FakeDaemon(socket) as daemon, Person("chat", environ=environ) as person:
        ready(person)
        daemon.streams("POST", NEW, [STARTED, {**DELTA, "text": "Bec"}, b": ping\n\n"])
        says(person, "Why?", "went away")
        assert person.sees("The next message starts it again.")
        os.rename(socket, f"{socket}.away")
        # That it tries is seen by what keeps it from starting.
        says(person, "Why?", "config.toml, line 1")
        os.rename(f"{socket}.away", socket)
        says(person, "Why?", ANSWER)


def test_what_was_typed_comes_back_and_stays_private(
    person: Person, environ: dict[str, str], home: Path, fake_daemon: FakeDaemon
) -> None:
    says(person, "Why is it blue?", ANSWER)
    person.type(CTRL_D)
    person.waits_for_the_end()
    assert stat.S_IMODE((home / HISTORY).stat().st_mode) == 0o600
    with Person("chat", environ=environ) as again:
        ready(again)
        again.type(UP)
        again.waits_for("> Why is it blue?")


def test_with_no_log_nothing_is_written_down(environ: dict[str, str], home: Path, fake_daemon: FakeDaemon) -> None:
    not_kept = [{**event, "kept": False} if event["type"] == "session.started" else event for event in TURN]
    fake_daemon.streams("POST", NEW, not_kept)
    with Person("chat", "--no-log", environ=environ) as person:
        ready(person)
        assert person.sees("each message stands alone")
        says(person, "A secret", ANSWER)
        person.type(CTRL_D)
        person.waits_for_the_end()
    assert not (home / HISTORY).exists()
    assert turns(fake_daemon)[0]["keep"] is False


def test_a_home_that_cannot_be_written_is_no_reason_not_to_talk(
    environ: dict[str, str], home: Path, fake_daemon: FakeDaemon
) -> None:
    (home / HISTORY).mkdir(parents=True)
    with Person("chat", environ=environ) as person:
        ready(person)
        says(person, "Why?", ANSWER)


def test_flags_hold_for_the_whole_conversation(environ: dict[str, str], home: Path, fake_daemon: FakeDaemon) -> None:
    (home / "notes.md").write_text("Notes.\n")
    argv = ["-r", SESSION_ID[:3], "-s", "Be brief.", "-o", "seed=1", "-u", "-f", str(home / "notes.md")]
    with Person("chat", *argv, environ=environ) as person:
        ready(person)
        assert person.sees("Going on with: Why is the sky blue?") and person.sees("with 1 file")
        says(person, "One", "110 tokens/s")
        says(person, "Two", "184 tokens")
    first, second = turns(fake_daemon)
    assert first == {
        "input": "One\n\nFile `notes.md`:\n\n```md\nNotes.\n```",
        "model": MODEL_ID,
        "system": "Be brief.",
        "options": {"seed": 1},
    }
    assert second["input"] == "Two"


def test_completion_knows_commands_models_and_sessions(person: Person) -> None:
    person.type("/mo")
    person.waits_for("Say who answers")
    person.type(TAB + " builtin/o")
    person.waits_for("absent")
    person.type(TAB + ENTER)
    person.waits_for("error: No GET /v1/registry/models/builtin/other.")
    person.type("/resume k3")
    person.waits_for("Why is the sky blue?")


def test_the_bar_says_what_is_going_on(person: Person, fake_daemon: FakeDaemon) -> None:
    long = {**STARTED, "title": "A very long title " * 5 + "\x1b[31m"}
    fake_daemon.streams("POST", NEW, [long, *TURN[1:]])
    says(person, "Why?", ANSWER)
    assert "A very long title A very long title A v… · 46 to" in person.terminal.rows()[-1]


def test_no_color_means_none(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    with Person("chat", "--no-color", environ=environ) as person:
        ready(person)
        says(person, "Why?", ANSWER)
        says(person, "/nonsense", "error:")
    colours = [
        code for code in ("\x1b[3", "\x1b[9") if any(f"{code}{digit}m" in person.terminal.sent for digit in "1234567")
    ]
    assert colours == []


def test_the_whole_conversation_is_exported(person: Person, home: Path, fake_daemon: FakeDaemon) -> None:
    says(person, "Why?", ANSWER)
    says(person, f"/export {home}/talk.json", "Wrote 2 turns")
    assert json.loads((home / "talk.json").read_text())["id"] == SESSION["id"]
    says(person, f"/export {home}/talk.json", "File exists")
    says(person, "/export ~/talk.md", f"to {home}/talk.md")
    assert (home / "talk.md").read_text().startswith(f"# {DETAIL['title']}\n")
    assert stat.S_IMODE((home / "talk.md").stat().st_mode) == 0o600
