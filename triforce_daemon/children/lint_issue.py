"""What is wrong with a piece of source code, and how the child that reads it is asked."""

from typing import Literal

from typing_extensions import TypedDict

Checked = Literal["python", "json", "yaml", "toml"]
Severity = Literal["error", "warning"]
#: Of what cannot be read at all.
SYNTAX = "syntax-error"
DUPLICATE_KEY = "duplicate-key"
#: Of what can be read, but hardly is what was meant.
SYNTAX_WARNING = "syntax-warning"


class Issue(TypedDict):
    line: int
    """From 1 on."""
    col: int
    """From 1 on."""
    rule: str
    severity: Severity
    """error: it cannot be read, or fails where it is reached."""
    text: str


class Question(TypedDict):
    language: Checked
    code: str


class Answer(TypedDict):
    issues: list[Issue]
    rules: list[str]
    """All that there are for this language."""


def syntax_error(line: int | None, col: int | None, text: str) -> Issue:
    return Issue(line=max(line or 1, 1), col=max(col or 1, 1), rule=SYNTAX, severity="error", text=text)
