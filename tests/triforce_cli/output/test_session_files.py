"""What is exported can be read back, and what is no export is refused with the place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.triforce_cli.replies import DETAIL, turn
from triforce_cli.errors import InputInvalid
from triforce_cli.output.session_files import as_json, as_json_lines, read_back
from triforce_daemon.wire.sessions import SessionDetail


def session(title: str, text: str, turns: int) -> SessionDetail:
    return {**DETAIL, "title": title, "history": [turn(number + 1, output=text) for number in range(turns)]}


SESSIONS = some.lists(some.builds(session, some.text(), some.text(), some.integers(0, 3)), min_size=1, max_size=3)


@given(SESSIONS)
def test_what_is_written_is_read_back(sessions: list[SessionDetail]) -> None:
    assert read_back(as_json(sessions), "x") == sessions
    assert read_back(as_json_lines(sessions), "x") == sessions


def test_one_session_is_itself_and_several_are_a_list() -> None:
    assert json.loads(as_json([DETAIL])) == DETAIL
    assert json.loads(as_json([DETAIL, DETAIL]))["items"] == [DETAIL, DETAIL]


def test_lines_have_types() -> None:
    lines = [json.loads(line) for line in as_json_lines([DETAIL]).splitlines()]
    assert [line["type"] for line in lines] == ["session", "turn", "turn"]
    assert "history" not in lines[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        ("[]", "it is JSON, but no session"),
        ("3", "it is JSON, but no session"),
        ('"x"', "it is JSON, but no session"),
        ("{}", "it is JSON, but no session"),
        ('{"items": 3}', "it is JSON, but no session"),
        ('{"items": [{}]}', "it is JSON, but no session"),
        ("hello", "line 1 is no JSON"),
        ('{"type": "turn"}\n', "line 1 is neither|no session"),
        ('{"type": "session"}\n{"type": "turn"\n', "line 2 is no JSON"),
        ('{"type": "session"}\n{"type": "moon"}\n', "line 2 is neither a session nor a turn"),
        ('{"type": "session"}\n[]\n', "line 2 is neither"),
    ],
)
def test_what_is_no_export(text: str, why: str) -> None:
    with pytest.raises(InputInvalid, match=why) as caught:
        read_back(text, "kept.json")
    assert caught.value.message.startswith("kept.json ")
    assert caught.value.exit_status == 65
