"""The commands, targets and links that the project's texts name."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source import ROOT

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
SHELL = ("sh", "bash", "console", "")
#: What ends a command: another one reads it, follows it, or is separated from it.
ENDS = {"|", "||", "&&", ";", "&", ">", ">>", "<", "2>", "2>&1", "#"}


@dataclass(frozen=True)
class Line:
    """A command line as a text shows it: where it stands, and its words."""

    place: str
    words: tuple[str, ...]
    in_prose: bool
    """There it may be a name, without the arguments that it needs."""


def texts() -> dict[str, str]:
    """Every text of the project that people read: path → content."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in sorted(pages)}


def command_lines(path: str, text: str, program: str) -> Iterator[Line]:
    """Every call of `program` in shell blocks and in `code`; placeholders in capitals or angle brackets are words."""
    for line, in_prose in _code(text):
        # To take a line apart costs a hundred times as much, and every process that collects tests does so.
        for words in _commands(line) if program in line else ():
            if words[0] == program:
                yield Line(f"{path}: {' '.join(words)}", tuple(words[1:]), in_prose)


def links(text: str) -> Iterator[str]:
    """Links that are not addresses of the web."""
    yield from (target for target in LINK.findall(FENCE.sub("", text)) if not re.match(r"[a-z]+:", target))


def exists(path: str, target: str) -> bool:
    """Whether a link in the text at `path` leads to a file, and to a heading in it where it names one."""
    file, _, anchor = target.partition("#")
    page = ROOT / Path(path).parent / file if file else ROOT / path
    return page.exists() and (not anchor or anchor in anchors(page.read_text("utf-8")))


def anchors(text: str) -> set[str]:
    """What the headings of a text can be linked as."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def _code(text: str) -> Iterator[tuple[str, bool]]:
    for block in FENCE.finditer(text):
        if block["kind"] in SHELL:
            joined = block["body"].replace("\\\n", " ")
            yield from ((line.strip().removeprefix("$ "), False) for line in joined.splitlines())
    yield from ((code, True) for code in INLINE.findall(FENCE.sub("", text)))


def _commands(line: str) -> Iterator[list[str]]:
    """The simple commands of a line, without what they are piped into and without assignments before them."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    try:
        for word in [*lexer, ";"]:
            if word not in ENDS:
                words.append(word)
                continue
            while words and "=" in words[0]:
                words.pop(0)
            if words:
                yield words
            words = []
    except ValueError:
        # An apostrophe in prose: not a command.
        return
