"""Conversations to read: as a page in the terminal, or as a Markdown document."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triforce_cli.output.as_table import Fact, facts
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line, sanitise
from triforce_cli.output.words import count, local, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import SessionDetail, ToolStep, Turn

#: Of a call and of its result so much is told.
_SHOWN = 200
_NOT_FINISHED = {"interrupted": "interrupted", "failed": "failed", "running": "still being written"}


def page(session: "SessionDetail", paint: Paint) -> str:
    """What a person reads in a terminal; nothing in it acts on the terminal."""
    rows = [
        Fact("id", session["id"]),
        Fact("title", session["title"]),
        Fact("model", session["model"]),
        Fact("system", session["system"]),
        Fact("folder", session["cwd"]),
        Fact("updated", f"{local(session['updated'])}, {count(session['turns'], 'turn')}"),
        Fact("tokens", f"{thousands(session['tokens_in'])} in, {thousands(session['tokens_out'])} out"),
    ]
    return "\n\n".join([facts(rows, paint), *(_read(turn, paint) for turn in session["history"])])


def as_markdown(session: "SessionDetail") -> str:
    """A document: the title as its heading, a heading for each side of each turn."""
    head = [f"# {one_line(session['title'])}", f"Session `{session['id']}`, model `{session['model']}`."]
    if session["system"]:
        head.append("\n".join(f"> {line}" for line in session["system"].splitlines()))
    turns = (part for turn in session["history"] for part in _markdown(turn))
    return "\n\n".join([*head, *turns]) + "\n"


def _read(turn: "Turn", paint: Paint) -> str:
    asked = f"{paint.bold('you')} {paint.dim(str(turn['number']))}\n{_block(turn['input'])}"
    steps = "".join(f"\n{paint.dim(_step(step))}" for step in turn.get("steps", ()))
    asked += f"\n{steps}" if steps else ""
    answered = f"{paint.bold(one_line(turn['model']))}{paint.dim(_state(turn))}\n{_block(turn['output'])}"
    return f"{asked}\n\n{answered}".rstrip()


def _markdown(turn: "Turn") -> Iterator[str]:
    yield "## You"
    yield turn["input"].strip()
    if steps := turn.get("steps"):
        yield "\n".join(f"- {_step(step)}" for step in steps)
    yield f"## {turn['model']}{_state(turn)}"
    yield turn["output"].strip()


def _step(step: "ToolStep") -> str:
    """A call of a tool, on one line: what it was called with, and the beginning of what came of it."""
    told = one_line(f"{step['name']} {step['arguments']}"[:_SHOWN]), one_line(step["result"][:_SHOWN])
    return f"{told[0]} {'→' if step['ok'] else 'failed:'} {told[1]}"


def _state(turn: "Turn") -> str:
    words = _NOT_FINISHED.get(turn["state"])
    if words is None:
        return ""
    error = turn["error"]
    return f" ({words}: {one_line(error['message'])})" if error else f" ({words})"


def _block(text: str) -> str:
    return sanitise(text).strip("\n")
