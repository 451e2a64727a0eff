"""How each framework is started so that it writes a report, and nothing into the project."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from triforce_daemon.children.confinement import SCRATCH

Framework = Literal["pytest", "unittest", "npm"]

#: Where reports are written: in the sandbox's own folder, in memory.
REPORT = f"{SCRATCH}/triforce-report.xml"
#: Runs its arguments, then hands out the report on standard output; what the tests print is standard error's.
_AND_REPORT = 'report=$1; shift; "$@" >&2 </dev/null; status=$?; cat "$report" 2>/dev/null; exit $status'

#: Reads what it is to do from its arguments: REPORT FOLDER FILES NAME. Python of any version runs it.
_UNITTEST = """
import os, sys, unittest
from xml.etree import ElementTree as xml

report, folder, files, name = sys.argv[1:5]
top = folder
while os.path.isfile(os.path.join(top, "__init__.py")):
    top = os.path.dirname(top)
suite = xml.Element("testsuite")

class Result(unittest.TextTestResult):
    def note(self, test, kind=None, text=""):
        case = xml.SubElement(suite, "testcase", name=test.id())
        if kind:
            clean = "".join(c if c >= " " or c in "\\n\\t" else "?" for c in text)
            lines = clean.strip().splitlines() or [""]
            xml.SubElement(case, kind, message=lines[-1]).text = clean

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test)

    def addError(self, test, error):
        super().addError(test, error)
        self.note(test, "error", self.errors[-1][1])

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.note(test, "failure", self.failures[-1][1])

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            told = self.failures if issubclass(error[0], test.failureException) else self.errors
            self.note(subtest, "failure", told[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.note(test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "failure", "It passes, and was expected to fail.")

loader = unittest.TestLoader()
if name:
    loader.testNamePatterns = [name if "*" in name else "*" + name + "*"]
found = loader.discover(folder, files, top)
result = unittest.TextTestRunner(resultclass=Result, verbosity=1).run(found)
xml.ElementTree(suite).write(report, encoding="utf-8", xml_declaration=True)
sys.exit(not result.wasSuccessful())
"""

_PYTHON_ENVIRONMENT = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "COVERAGE_FILE": f"{SCRATCH}/.coverage",
    "CI": "1",
    "NO_COLOR": "1",
}
_NPM_ENVIRONMENT = {
    "npm_config_cache": f"{SCRATCH}/.npm",
    "npm_config_update_notifier": "false",
    "CI": "1",
    "NO_COLOR": "1",
}


@dataclass(frozen=True, slots=True)
class Command:
    argv: Sequence[str]
    environ: dict[str, str] = field(default_factory=dict[str, str])


def has_pytest(python: str) -> Command:
    """Ends with 0 where it has."""
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pytest') is None)"
    return Command([python, "-c", look], _PYTHON_ENVIRONMENT)


def pytest(python: str, target: str | None, pattern: str | None) -> Command:
    """`target`: a file or folder below the project, else all of it."""
    words = ["-q", "--tb=short", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={REPORT}"]
    chosen = [*([f"-k{pattern}"] if pattern else []), *([f"./{target}"] if target else [])]
    return _reported([python, "-m", "pytest", *words, *chosen], _PYTHON_ENVIRONMENT)


def unittest(python: str, folder: str, file: str | None, pattern: str | None) -> Command:
    """All tests below an absolute `folder`, or those of a file that lies in it."""
    argv = [python, "-c", _UNITTEST, REPORT, folder, file or "test*.py", pattern or ""]
    return _reported(argv, _PYTHON_ENVIRONMENT)


def npm(script: str, file: str | None, pattern: str | None) -> Command:
    """`npm test`, whose script is `script`; without a report where nobody here knows how what it runs writes one."""
    words = script.split()
    environ = dict(_NPM_ENVIRONMENT)
    if words[:1] == ["node"] and "--test" in words:
        options = ["--test-reporter=junit", f"--test-reporter-destination={REPORT}"]
        if pattern:
            options.append(f"--test-name-pattern={pattern}")
        # Behind the script's own words they would be names of files.
        environ["NODE_OPTIONS"] = " ".join(f'"{_escaped(option)}"' for option in options)
        more: list[str] = []
    elif words[:1] == ["vitest"]:
        more = [
            "--run",
            "--reporter=junit",
            f"--outputFile={REPORT}",
            *([f"--testNamePattern={pattern}"] if pattern else []),
        ]
    elif words[:1] == ["mocha"]:
        more = ["--reporter=xunit", f"--reporter-option=output={REPORT}", *([f"--grep={pattern}"] if pattern else [])]
    else:
        more = []
    return _reported(["npm", "test", "--silent", "--", *more, *([f"./{file}"] if file else [])], environ)


def _reported(argv: Sequence[str], environ: dict[str, str]) -> Command:
    return Command(["bash", "--norc", "-c", _AND_REPORT, "tests", REPORT, *argv], environ)


def _escaped(option: str) -> str:
    """As NODE_OPTIONS takes what is in quotes (https://nodejs.org/api/cli.html#node_optionsoptions)."""
    return option.replace("\\", "\\\\").replace('"', '\\"')
