"""`triforce chat` in a terminal: the answer grows on the screen, and everything else is wiped."""

from typing import Any

from tests.triforce_cli.commands.chatting import ANSWER, DELTA, NEW, STARTED, turn
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import CTRL_C, Person
from tests.triforce_cli.replies import MODEL_ID


def test_markdown_is_rendered_in_a_terminal(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bo", "ld** \x1b]0;t\x07 [red]\n\n- it", 0.1, "em\n"))
    with Person("chat", "Hi", environ=environ) as person:
        assert person.waits_for_the_end() == 0
    assert person.terminal.rows() == ["bold ␛]0;t␇ [red]", "", "• item"]
    assert "\x1b[1mbold\x1b[0m" in person.terminal.sent and "\x1b]" not in person.terminal.sent


def test_a_long_answer_is_painted_once(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    paragraphs = [f"Paragraph {number} begins " + "and goes on " * 9 for number in range(200)]
    text = "\n\n".join(paragraphs)
    pieces: list[Any] = [text[at : at + 60] for at in range(0, len(text), 60)]
    fake_daemon.streams("POST", NEW, turn(*(part for piece in pieces for part in (piece, 0.002))))
    with Person("chat", "Hi", environ=environ) as person:
        assert person.waits_for_the_end() == 0
    rows = person.terminal.rows()
    assert [sum(row.startswith(f"Paragraph {number} ") for row in rows) for number in range(200)] == [1] * 200
    assert len(person.terminal.sent) < 1.5 * len("\r\n".join(rows))


def test_raw_shows_the_source_but_nothing_that_acts(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bold** \x1b[31m"))
    with Person("chat", "--raw", "Hi", environ=environ) as person:
        assert person.waits_for_the_end() == 0
    assert person.terminal.sent == "**bold** ␛[31m\r\n"


def test_a_poor_terminal_gets_text(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("**bold**"))
    with Person("chat", "Hi", environ={**environ, "TERM": "dumb"}) as person:
        assert person.waits_for_the_end() == 0
    assert person.terminal.sent == "**bold**\r\n"


def test_ctrl_c_stops_the_answer_and_leaves_the_terminal_clean(
    environ: dict[str, str], fake_daemon: FakeDaemon
) -> None:
    fake_daemon.streams("POST", NEW, turn("Because **of", 20, "**"))
    with Person("chat", "Hi", environ=environ) as person:
        person.waits_for("Because **of")
        person.type("typed meanwhile" + CTRL_C)
        assert person.waits_for_the_end() == 130
    assert person.terminal.rows() == ["Because **of", "Stopped. What came is kept."]


def test_loading_is_shown_and_wiped(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    amount = {"done_bytes": 50_000_000, "total_bytes": 100_000_000}
    loading = {**DELTA, "type": "model.loading", "model": MODEL_ID, "phase": "fetching", **amount}
    fake_daemon.streams("POST", NEW, [STARTED, loading, 0.3, *turn(ANSWER)[1:]])
    with Person("chat", "Hi", environ=environ) as person:
        person.waits_for("Fetching")
        assert person.waits_for_the_end() == 0
    assert person.terminal.rows() == [ANSWER]


def test_another_width_in_the_middle(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    words = [f"word{number}" for number in range(60)]
    fake_daemon.streams("POST", NEW, turn(" ".join(words[:30]), 0.4, " " + " ".join(words[30:])))
    with Person("chat", "Hi", environ=environ, columns=40) as person:
        person.waits_for("word29")
        person.resizes(60)
        assert person.waits_for_the_end() == 0
    assert " ".join(person.terminal.rows()).split() == words


def test_the_first_word_is_seen_at_once(environ: dict[str, str], fake_daemon: FakeDaemon) -> None:
    fake_daemon.streams("POST", NEW, turn("First", 3, " second"))
    with Person("chat", "Hi", environ=environ) as person:
        person.waits_for("First")
        assert not person.sees("second")
