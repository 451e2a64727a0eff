"""What is wrong with TOML, and where."""

import pytest

from triforce_daemon.children.lint_toml import issues


@pytest.mark.parametrize(
    ("code", "line", "col"), [("a = 1\na = 2\n", 2, 6), ("a = \n", 1, 5), ("a = '''\nx", 2, 1), ("[a]\nb", 2, 1)]
)
def test_toml(code: str, line: int, col: int) -> None:
    (issue,) = issues(code)
    assert (issue["line"], issue["rule"]) == (line, "syntax-error") and "(at" not in issue["text"]
    assert list(issues("[a]\nb = 1\n")) == []
