"""However an answer arrives, the terminal ends up the same, and nothing is painted twice without need."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triforce_cli.output.terminal import Terminal
from triforce_cli.output.markdown_answer import MarkdownAnswer

ANSWER = """\
# Why the sky is blue

Light of **short** wavelengths is scattered `more`:
- blue light
- violet light

1. first

   ```python
   def f(x):
       return "scattered"
   ```
2. second
10. tenth

> as Rayleigh
> said

| colour | nm |
|--------|---:|
| blue   | 450 |

Text at the end, with a [link](http://a.example) and **no end
"""


def answer_on(terminal: Terminal) -> MarkdownAnswer:
    return MarkdownAnswer(terminal.write, lambda: terminal.size, sys.stdout, {"TERM": "xterm-256color"}, False)


def streamed(pieces: list[str], columns: int = 80, lines: int = 24) -> Terminal:
    terminal = Terminal(columns, lines)
    answer = answer_on(terminal)
    for piece in pieces:
        answer.show(piece)
    answer.finish()
    return terminal


def tokens(text: str, size: int = 4) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@settings(max_examples=40)
@given(st.lists(st.integers(0, len(ANSWER)), max_size=60))
def test_how_it_arrives_makes_no_difference(cuts: list[int]) -> None:
    cuts = sorted(cuts)
    pieces = [ANSWER[start:end] for start, end in zip([0, *cuts], [*cuts, len(ANSWER)], strict=True)]
    assert streamed(pieces, lines=40).rows() == streamed([ANSWER], lines=40).rows()


def test_a_long_answer_does_not_repaint_itself() -> None:
    text = "\n\n".join(f"Paragraph {n} begins " + "and goes on " * 12 for n in range(200))
    arrived, whole = streamed(tokens(text, 30)), streamed([text])
    assert arrived.rows() == whole.rows()
    assert len(arrived.sent) < 1.5 * len(whole.sent)
    assert [sum(row.startswith(f"Paragraph {n} ") for row in arrived.rows()) for n in range(200)] == [1] * 200


def test_a_block_that_is_taller_than_the_screen_does_not_repaint_itself() -> None:
    text = "```python\n" + "".join(f"x_{n} = f('{n}')  # {n}\n" for n in range(60)) + "```\n"
    arrived, whole = streamed(tokens(text, 9)), streamed([text])
    assert arrived.rows() == whole.rows() == [f"  x_{n} = f('{n}')  # {n}" for n in range(60)]
    assert len(arrived.sent) < 1.6 * len(whole.sent)


def test_a_table_that_is_taller_than_the_screen_stays_as_it_was_written() -> None:
    text = "| a | b |\n|---|---|\n" + "".join(f"| {n} | {'x' * (n % 9)} |\n" for n in range(40)) + "\nend"
    assert streamed(tokens(text)).rows() == text.splitlines()
    assert streamed(tokens(text), lines=60).rows()[-1] == "end"
    assert " 39  xxx" in streamed(tokens(text), lines=60).rows()


def test_the_first_word_is_shown_at_once() -> None:
    terminal = Terminal()
    answer = answer_on(terminal)
    answer.show("42")
    assert terminal.rows() == ["42"]


@pytest.mark.parametrize("beginning", ["-", "==", "1.", "  *", "``", "12"])
def test_the_beginning_of_a_line_changes_nothing_above_it(beginning: str) -> None:
    terminal = Terminal()
    answer = answer_on(terminal)
    answer.show("Some text:\n")
    sent = len(terminal.sent)
    answer.show(beginning)
    assert len(terminal.sent) == sent
    answer.finish()
    assert terminal.sent[sent:]


def test_blank_lines_are_where_they_were_written() -> None:
    text = "\n\nA:\n- one\n- two\n\n\n\n- three\n# B\ntext\n\n"
    assert streamed([text]).rows() == ["A:", "• one", "• two", "", "• three", "B", "text"]


def test_nothing_acts_on_the_terminal() -> None:
    terminal = streamed(list("a\x1b[2J\x1b]0;t\x07b\rc &#x202E; [x](\x1b[31m) \x9b31m"))
    assert terminal.rows()[0].startswith("a␛[2J␛]0;t␇b")
    assert "\x1b]" not in terminal.sent and "\x07" not in terminal.sent and "\u202e" not in terminal.sent


@pytest.mark.parametrize("columns", [30, 50])
def test_another_width_in_the_middle_repeats_and_loses_nothing(columns: int) -> None:
    text = "\n\n".join(f"Paragraph {n} " + " ".join(f"w{n}x{k}" for k in range(30)) for n in range(4))
    terminal = Terminal(40, 12)
    terminal.write("$ triforce chat\n")
    answer = answer_on(terminal)
    before: list[str] = []
    pieces = [f"{word} " for word in text.split(" ")]
    for at, piece in enumerate(pieces):
        if at == len(pieces) // 2:
            before = terminal.rows()
            terminal.screen.resize(12, columns)
        answer.show(piece)
    answer.finish()
    # This terminal cuts off what does not fit into fewer columns.
    rows = [*before, *terminal.rows()[len(before) :]]
    assert rows[0] == "$ triforce chat"
    assert " ".join(rows[1:]).split() == text.split()
    assert all(len(row) < columns for row in rows[len(before) :])
