"""Source code that is checked: by language, with rules that have names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.children.confinement import Grant
from triforce_daemon.children.lint_issue import SYNTAX, SYNTAX_WARNING, Answer, Issue, syntax_error
from triforce_daemon.children.linter import Linter
from triforce_daemon.children.sandbox import Bounds, Sandbox
from triforce_daemon.errors import InvalidArguments, ToolFailed

LintLanguage = Literal["python", "json", "yaml", "toml", "shell"]

_ENDINGS: dict[str, LintLanguage] = {
    **dict.fromkeys(("py", "pyi"), "python"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("sh", "bash"), "shell"),
    "json": "json",
    "toml": "toml",
}
_MOST = 500
_COMPLAINT = re.compile(r"^bash: line (\d+): (.*)$")
#: Nothing of it is run, so that little is needed.
_BOUNDS = Bounds(seconds=10, cpu_seconds=10, memory_bytes=256 << 20, processes=4)


@dataclass(frozen=True, slots=True)
class Checked:
    language: LintLanguage
    issues: list[Issue]
    truncated: bool

    @property
    def ok(self) -> bool:
        """Whether nothing of it is an error."""
        return not self.truncated and all(issue["severity"] != "error" for issue in self.issues)


class CodeLint:
    def __init__(self, linter: Linter, sandbox: Sandbox) -> None:
        self._linter = linter
        self._sandbox = sandbox

    async def check(self, code: str, language: LintLanguage, rules: Sequence[str] = ()) -> Checked:
        """What is wrong, the first line first; with `rules` only what breaks these. Nothing of it is run.

        Raises InvalidArguments for a rule that there is not, ToolFailed where it cannot be told, SandboxUnavailable
        where a shell's code cannot be confined here.
        """
        if language == "shell":
            answer = Answer(issues=await self._of_bash(code), rules=[SYNTAX, SYNTAX_WARNING])
        else:
            answer = await self._linter.look(language, code)
        if unknown := [rule for rule in rules if rule not in answer["rules"]]:
            raise InvalidArguments(f"{language} has no check {unknown[0]!r}.", f"It has {', '.join(answer['rules'])}.")
        wanted = [issue for issue in answer["issues"] if not rules or issue["rule"] in rules]
        return Checked(language, wanted[:_MOST], len(wanted) > _MOST)

    async def _of_bash(self, code: str) -> list[Issue]:
        ran = await self._sandbox.run(["bash", "--norc", "-n"], grant=Grant(), bounds=_BOUNDS, text=code.encode())
        issues = complaints(ran.errors.decode(errors="replace"))
        if ran.ended != "exit" or (ran.status and not issues):
            raise ToolFailed(f"It could not be checked: bash has ended by {ran.ended} with {ran.status}.", None)
        return issues


def language_of(path: str | None) -> LintLanguage:
    """By how a file's name ends; Python where nobody knows."""
    return _ENDINGS.get((path or "").rpartition(".")[2].lower(), "python")


def complaints(said: str) -> list[Issue]:
    """What bash says of a script that it reads and does not run: a line, and often a second one with its words."""
    found: list[Issue] = []
    for match in filter(None, map(_COMPLAINT.match, said.splitlines())):
        line, text = int(match[1]), match[2]
        if found and found[-1]["line"] == line and text.startswith("`"):
            found[-1]["text"] += f": {text}"
        elif text.startswith("warning: "):
            words = text.removeprefix("warning: ")
            found.append(Issue(line=line, col=1, rule=SYNTAX_WARNING, severity="warning", text=words))
        else:
            found.append(syntax_error(line, 1, text))
    return found
