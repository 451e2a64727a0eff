"""Conversations to read."""

from tests.triforce_cli.replies import DETAIL, turn
from triforce_cli.output.paint import Paint
from triforce_cli.output.transcript import as_markdown, page
from triforce_daemon.wire.sessions import SessionDetail, ToolStep

FAILED: SessionDetail = {
    **DETAIL,
    "system": "Be\nbrief.",
    "history": [
        turn(1, input="a\x1b[31m", output="one\ntwo\x9b"),
        turn(
            2,
            output="half",
            state="failed",
            error={"code": "x", "message": "It broke.", "hint": None, "request_id": None},
        ),
        turn(3, output="", state="interrupted"),
    ],
}


def test_the_page_has_it_all() -> None:
    shown = page(FAILED, Paint(False))
    head, *blocks = shown.split("\n\n")
    assert "k3v9x2m7q4ab" in head and "Be brief." in head
    assert blocks[0] == "you 1\na␛[31m"
    assert blocks[1] == "builtin/smollm2-135m-instruct\none\ntwo<U+009B>"
    assert blocks[3] == "builtin/smollm2-135m-instruct (failed: It broke.)\nhalf"
    assert shown.endswith("(interrupted)")


def test_nothing_on_the_page_acts() -> None:
    assert "\x1b" not in page(FAILED, Paint(False))


def test_markdown_is_a_document() -> None:
    document = as_markdown(FAILED)
    assert document.startswith(
        "# Why is the sky blue?\n\nSession `k3v9x2m7q4ab`, model `builtin/smollm2-135m-instruct`.\n"
    )
    assert "\n> Be\n> brief.\n" in document
    assert document.count("\n## You\n") == 3
    assert "\n## builtin/smollm2-135m-instruct (failed: It broke.)\n\nhalf\n" in document
    assert document.endswith("\n")


def test_the_tools_that_were_called_are_lines_of_it() -> None:
    step = ToolStep(
        round=1, call="c", name="look", arguments='{"a":\n1}', said="", ok=False, result="\x1b[31mno", receipt="r", ms=1
    )
    session: SessionDetail = {**DETAIL, "history": [{**turn(1, input="a", output="b"), "steps": [step, step]}]}
    line = 'look {"a": 1} failed: ␛[31mno'
    assert f"you 1\na\n\n{line}\n{line}\n\n" in page(session, Paint(False))
    assert f"\n\n- {line}\n- {line}\n\n" in as_markdown(session)
