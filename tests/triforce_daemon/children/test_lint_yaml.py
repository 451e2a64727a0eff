"""What is wrong with YAML, and where."""

import itertools

import pytest

from triforce_daemon.children.lint_yaml import issues


@pytest.mark.parametrize(
    ("code", "line", "col", "rule"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3, "duplicate-key"),
        ("country: no\n", 1, 10, "truthy"),
        ("a: [1\n", 2, 1, "syntax-error"),
        ("a: *gone\n", 1, 4, "syntax-error"),
        ("\tx: 1\n", 1, 1, "syntax-error"),
        ("a: 1\n---\nb: {c: 1, c: 1}\n", 3, 11, "duplicate-key"),
    ],
)
def test_yaml(code: str, line: int, col: int, rule: str) -> None:
    (issue,) = issues(code)
    assert (issue["line"], issue["col"], issue["rule"]) == (line, col, rule)


def test_yaml_that_is_right_or_grows_without_end() -> None:
    assert list(issues("on:\n  push: 'no'\n---\n- true\n- &a [1]\n- *a\n")) == []
    names = "abcdefghijklmnop"
    lines = [
        f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]" for before, name in itertools.pairwise(names)
    ]
    assert list(issues("a: &a [1]\n" + "\n".join(lines))) == []
