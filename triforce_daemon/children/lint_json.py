"""What is wrong with JSON: what cannot be read, and what is read in another way than it looks."""

import json
import re
from collections.abc import Iterator

from triforce_daemon.children.lint_issue import DUPLICATE_KEY, Issue, syntax_error

_NOT_FINITE = "not-finite"
RULES = (DUPLICATE_KEY, _NOT_FINITE)

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|NaN|-?Infinity')


def issues(code: str) -> Iterator[Issue]:
    try:
        json.loads(code)
    except json.JSONDecodeError as error:
        yield syntax_error(error.lineno, error.colno, error.msg)
    except (RecursionError, ValueError) as error:
        yield syntax_error(1, 1, str(error))
    else:
        yield from _read_otherwise(code)


def _read_otherwise(code: str) -> Iterator[Issue]:
    """Of valid JSON: keys that stand twice, of which one is lost, and numbers that only Python knows."""
    within: list[set[str] | None] = []
    tokens = list(_TOKEN.finditer(code))
    for at, token in enumerate(tokens):
        text = token[0]
        if text in "{[":
            within.append(set() if text == "{" else None)
        elif text in "}]":
            within.pop()
        elif text.endswith(("NaN", "Infinity")):
            yield _warning(code, token.start(), _NOT_FINITE, f"{text} is no JSON; most programs refuse it")
        elif text[0] == '"' and at + 1 < len(tokens) and tokens[at + 1][0] == ":" and within:
            keys, key = within[-1], str(json.loads(text))
            if keys is not None and key in keys:
                yield _warning(
                    code, token.start(), DUPLICATE_KEY, f"the key {key!r} stands there twice; the last one counts"
                )
            elif keys is not None:
                keys.add(key)


def _warning(code: str, at: int, rule: str, text: str) -> Issue:
    line, col = code.count("\n", 0, at) + 1, at - code.rfind("\n", 0, at)
    return Issue(line=line, col=col, rule=rule, severity="warning", text=text)
