"""Source code that is checked: read, without being run; and by its own tests, in the sandbox."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.children.lint_issue import Issue
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.code_files import CodeFiles
from triforce_daemon.services.code_lint import CodeLint, LintLanguage, language_of
from triforce_daemon.services.file_texts import encoded
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.project_tests.commands import Framework
from triforce_daemon.services.project_tests.project_tests import Asked, ProjectTests
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

#: More is nobody's source code.
_MOST = 1 << 20


class CodeLinted(TypedDict):
    host: str
    language: LintLanguage
    issues: list[Issue]
    ok: bool
    """Whether none of them is an error."""
    truncated: bool


@tool(
    tier="free",
    effect="read",
    idempotent=True,
    keywords=("lint", "syntax check", "unused", "validate", "prüfen", "Syntaxfehler", "Fehler finden", "ungenutzt"),
)
async def code_lint(
    path: Annotated[str | None, "the file; either it or code", Field(min_length=1, max_length=4_096)] = None,
    code: Annotated[str | None, "the text itself", Field(max_length=_MOST)] = None,
    language: Annotated[LintLanguage | None, "else by the file's ending, or python"] = None,
    checks: Annotated[list[str] | None, "only these rules, like unused-import", Field(max_length=100)] = None,
    *,
    lint: CodeLint,
    sources: CodeFiles,
    files: Files,
    call: ToolCall,
) -> CodeLinted:
    """Check source code for errors, without running any of it.

    Python by its compiler and pyflakes, which also sees what is unused or undefined; JSON, YAML, TOML; shell scripts by
    bash.
    """
    if (path is None) == (code is None):
        raise InvalidArguments("Either path or code is needed.", "Name a file, or send its text.")
    if path is not None:
        found = await sources.lines(Place(call.caller, path, call.folder), None, None, _MOST)
        if found.truncated:
            raise InvalidArguments("The file is larger than 1 MiB.", "Send a part of it as code.")
        code = found.text
    encoded(code or "")
    checked = await lint.check(code or "", language or language_of(path), checks or ())
    return CodeLinted(
        host=files.host,
        language=checked.language,
        issues=checked.issues,
        ok=checked.ok,
        truncated=checked.truncated,
    )


class FailedTest(TypedDict):
    name: str
    file: str | None
    line: int | None
    message: str
    text: str
    """What the framework says of it, its beginning."""


class TestsRun(TypedDict):
    host: str
    framework: Framework
    ok: bool
    """Whether it has ended by itself, and well."""
    passed: int | None
    """null where there is no report: it was ended before, or what npm runs writes none."""
    failed: int | None
    skipped: int | None
    failures: list[FailedTest]
    """The first 50."""
    exit_code: int
    timed_out: bool
    ended: str
    """exit, or which bound has ended it: time, output, processes, memory or disk."""
    output: str
    """The end of what was printed."""
    elapsed_ms: int


@tool(
    tier="unlimited",
    effect="exec",
    requires=(ProjectTests,),
    keywords=("pytest", "unit tests", "npm test", "test suite", "Tests ausführen", "testen", "Testlauf", "unittest"),
)
async def run_tests(
    path: Annotated[str, "the project, or a folder or file of it", Field(min_length=1, max_length=4_096)] = ".",
    framework: Annotated[Literal["auto", "pytest", "unittest", "npm"], "auto: what the project has"] = "auto",
    pattern: Annotated[str | None, "only tests like this, as -k takes it", Field(min_length=1, max_length=500)] = None,
    timeout: Annotated[int, "seconds", Field(ge=1, le=1_800)] = 300,
    *,
    tests: ProjectTests,
    files: Files,
    call: ToolCall,
) -> TestsRun:
    """Run a project's own tests in the sandbox, without a network.

    They see the workspace and cannot change it.
    """
    asked = Asked(None if framework == "auto" else framework, pattern, timeout)
    done = await tests.run(Place(call.caller, path, call.folder), asked)
    report, ran = done.report, done.ran
    return TestsRun(
        host=files.host,
        framework=done.framework,
        ok=done.ok,
        passed=report and report.passed,
        failed=report and report.failed,
        skipped=report and report.skipped,
        failures=[FailedTest(**asdict(one)) for one in report.failures] if report else [],
        exit_code=ran.status,
        timed_out=ran.ended == "time",
        ended=ran.ended,
        output=ran.errors.decode(errors="replace"),
        elapsed_ms=ran.elapsed_ms,
    )
