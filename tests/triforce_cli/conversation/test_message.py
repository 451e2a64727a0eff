"""What is sent: its parts in their order, and texts that may stand in a file."""

import io
import json
import sys
from pathlib import Path

import pytest

from triforce_cli.conversation.message import encodable, json_schema, message, text_or_file
from triforce_cli.errors import InputInvalid, NotFound


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Standard input, to be filled."""
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    return content


def fill(pipe: io.BytesIO, text: str) -> None:
    pipe.write(text.encode())
    pipe.seek(0)


def test_words_then_files_then_the_pipe(pipe: io.BytesIO, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("A")
    fill(pipe, "piped\n")
    assert message("words", [str(tmp_path / "a")]) == "words\n\nFile `a`:\n\n```\nA\n```\n\npiped\n"


@pytest.mark.parametrize(
    ("words", "piped", "whole"), [("a", " \n", "a"), ("", "b", "b"), (" ", "", ""), ("", "\n", "")]
)
def test_blank_parts_are_no_parts(pipe: io.BytesIO, words: str, piped: str, whole: str) -> None:
    fill(pipe, piped)
    assert message(words) == whole


def test_the_pipe_is_read_once(pipe: io.BytesIO) -> None:
    fill(pipe, "piped")
    assert message("words", ["-"]) == "words\n\npiped"


def test_what_cannot_be_sent_is_told() -> None:
    assert encodable("Grün 👍") == "Grün 👍"
    with pytest.raises(InputInvalid):
        encodable("\udcff")


def test_a_text_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("from a file")
    assert text_or_file("as it is") == "as it is"
    assert text_or_file(f"@{tmp_path / 'a'}") == "from a file"
    with pytest.raises(NotFound):
        text_or_file(f"@{tmp_path / 'b'}")


def test_a_schema_is_json_or_in_a_file(tmp_path: Path) -> None:
    schema: dict[str, object] = {"type": "object"}
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    for given in (
        json.dumps(schema),
        f" {json.dumps(schema)}",
        str(tmp_path / "schema.json"),
        f"@{tmp_path}/schema.json",
    ):
        assert json_schema(given) == schema


@pytest.mark.parametrize(("text", "says"), [("{", "The schema is no JSON"), ("[1]", "no object")])
def test_what_is_no_schema(text: str, says: str) -> None:
    with pytest.raises(InputInvalid, match=says):
        json_schema(text)
