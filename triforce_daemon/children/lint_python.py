"""What is wrong with Python code: what the compiler refuses or warns of, and what pyflakes sees in it."""

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Any

from pyflakes import messages
from pyflakes.checker import Checker

from triforce_daemon.children.lint_issue import SYNTAX_WARNING, Issue, syntax_error

_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Of pyflakes' messages, those of code that fails where it is reached; the rest is only in the way.
_FAILS = frozenset(
    {
        *("undefined-name", "undefined-local", "undefined-export", "raise-not-implemented"),
        *("return-outside-function", "yield-outside-function", "continue-outside-loop", "break-outside-loop"),
        *("duplicate-argument", "two-starred-expressions", "too-many-expressions-in-starred-assignment"),
        *(
            "default-except-not-last",
            "late-future-import",
            "future-feature-not-defined",
            "forward-annotation-syntax-error",
        ),
    }
)


def rule_of(name: str) -> str:
    """UnusedImport → unused-import."""
    return _BEGINS.sub("-", name).lower()


_KINDS: list[type] = [
    kind for kind in vars(messages).values() if isinstance(kind, type) and kind is not messages.Message
]
RULES = (SYNTAX_WARNING, *(rule_of(kind.__name__) for kind in _KINDS))


def issues(code: str) -> Iterator[Issue]:
    """Nothing of it is run."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(code)
            compile(code, "code", "exec", dont_inherit=True)
        except SyntaxError as error:
            yield syntax_error(error.lineno, error.offset, error.msg)
            return
        except (ValueError, RecursionError, MemoryError) as error:
            yield syntax_error(1, 1, str(error) or "It is nested too deeply.")
            return
    # Both have warned of the same.
    for line, text in {(one.lineno, str(one.message)): None for one in warned}:
        yield Issue(line=line, col=1, rule=SYNTAX_WARNING, severity="warning", text=text)
    found: list[Any] = Checker(tree, filename="code").messages
    for message in found:
        rule = rule_of(type(message).__name__)
        yield Issue(
            line=message.lineno,
            col=message.col + 1,
            rule=rule,
            severity="error" if rule in _FAILS else "warning",
            text=str(message.message % message.message_args),
        )
