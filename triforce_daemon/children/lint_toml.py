"""What is wrong with TOML: what cannot be read."""

import re
import tomllib
from collections.abc import Iterator

from triforce_daemon.children.lint_issue import Issue, syntax_error

RULES = ()

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def issues(code: str) -> Iterator[Issue]:
    try:
        tomllib.loads(code)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = _AT.search(said)
        line, col = (int(at[1]), int(at[2])) if at and at[1] else (code.rstrip("\n").count("\n") + 1, 1)
        yield syntax_error(line, col, _AT.sub("", said))
    except RecursionError as error:
        yield syntax_error(1, 1, str(error))
