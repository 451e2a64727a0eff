"""What tests have come to, read from the JUnit XML that frameworks write; whoever wrote the tests wrote it too."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from triforce_daemon.errors import ToolFailed

_MOST_FAILURES, _TEXT, _NAME = 50, 4_000, 500
_NUMBER = re.compile(r"[0-9]{1,9}")
_STATES = {"failure": "failed", "error": "failed", "skipped": "skipped"}


@dataclass(slots=True)
class Failure:
    name: str
    file: str | None = None
    line: int | None = None
    message: str = ""
    text: str = ""
    """What the framework says of it, its beginning."""


@dataclass(slots=True)
class Report:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[Failure] = field(default_factory=list[Failure])
    """The first ones."""


def read_junit(data: bytes) -> Report:
    """Raises ToolFailed for what is no such report."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ToolFailed(f"The framework's report cannot be read ({error}).", None) from error
    return reader.report


class _Reader:
    def __init__(self) -> None:
        self.report = Report()
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        # Reports have none; what it declares could grow without end.
        self.parser.StartDoctypeDeclHandler = self._declared
        self._case: Failure | None = None
        self._state = "passed"
        self._within: str | None = None

    def _start(self, name: str, told: dict[str, str]) -> None:
        if name == "testcase":
            parts = (told.get("classname"), told.get("name"))
            self._case, self._state = Failure("::".join(part for part in parts if part)[:_NAME]), "passed"
            self._case.file = told["file"][:_NAME] if "file" in told else None
            # pytest counts from 0.
            self._case.line = int(told["line"]) + 1 if _NUMBER.fullmatch(told.get("line", "")) else None
        elif name in _STATES and self._case is not None:
            # A test may fail and then fail in its cleaning up as well: it is one test.
            if self._state != "failed":
                self._state = _STATES[name]
                self._case.message = told.get("message", "")[:_TEXT]
            self._within = name

    def _text(self, data: str) -> None:
        if self._within in ("failure", "error") and self._case is not None and len(self._case.text) < _TEXT:
            self._case.text = (self._case.text + data)[:_TEXT]

    def _end(self, name: str) -> None:
        if name == self._within:
            self._within = None
        elif name == "testcase" and self._case is not None:
            self._count(self._case)
            self._case = None

    def _count(self, case: Failure) -> None:
        report = self.report
        if self._state == "passed":
            report.passed += 1
        elif self._state == "skipped":
            report.skipped += 1
        else:
            report.failed += 1
            if len(report.failures) < _MOST_FAILURES:
                case.text = case.text.strip()
                case.message = case.message or case.text.partition("\n")[0]
                report.failures.append(case)

    def _declared(self, *_: object) -> None:
        raise ToolFailed("The framework's report declares a document type, which none does.", None)
