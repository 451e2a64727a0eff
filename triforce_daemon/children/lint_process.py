"""The program that reads source code and says what is wrong with it: a question on standard input, an answer out.

A process of its own: parsers of Python and YAML can be made to crash, or to take for ever. Run: python -m …
"""

import importlib
import json
import sys
from typing import Any

from triforce_daemon.children.lint_issue import SYNTAX, Answer, Checked, Question

#: Where each language is read; only that is loaded. There are `issues(code)` and the names of its `RULES`.
_READERS: dict[Checked, str] = {"python": "lint_python", "json": "lint_json", "yaml": "lint_yaml", "toml": "lint_toml"}


def main() -> None:
    question: Question = json.load(sys.stdin)
    print(json.dumps(answer(question)))


def answer(question: Question) -> Answer:
    """The issues, in the order of the lines."""
    reader: Any = importlib.import_module(f"triforce_daemon.children.{_READERS[question['language']]}")
    found = sorted(reader.issues(question["code"]), key=lambda issue: (issue["line"], issue["col"]))
    return Answer(issues=found, rules=sorted([SYNTAX, *reader.RULES]))


if __name__ == "__main__":
    main()
