"""What is wrong with Python code, with names for it."""

import pytest

from triforce_daemon.children.lint_python import RULES, issues, rule_of


@pytest.mark.parametrize(
    ("code", "line", "rule", "severity"),
    [
        ("x = (\n", 1, "syntax-error", "error"),
        ("def f():\n  return 1\n return 2\n", 3, "syntax-error", "error"),
        ("return 1\n", 1, "syntax-error", "error"),
        ("a\0b", 1, "syntax-error", "error"),
        ("(" * 5_000, 1, "syntax-error", "error"),
        ("1\nx = 1 is 1\n", 2, "is-literal", "warning"),
        ("import os\n", 1, "unused-import", "warning"),
        ("def f():\n    return y\n", 2, "undefined-name", "error"),
        ("def f():\n    y = 1\n", 2, "unused-variable", "warning"),
        ("f'x'\n", 1, "fstring-missing-placeholders", "warning"),
    ],
)
def test_rules(code: str, line: int, rule: str, severity: str) -> None:
    found = {issue["rule"]: issue for issue in issues(code)}
    assert (found[rule]["line"], found[rule]["severity"]) == (line, severity)
    assert rule == "syntax-error" or rule in RULES


def test_what_the_compiler_warns_of_and_what_is_right() -> None:
    (warned,) = issues("x = '\\d'\n")
    assert (warned["rule"], warned["line"]) == ("syntax-warning", 1) and "invalid escape" in warned["text"]
    assert list(issues("import os\n\nprint(os.name)\n")) == []
    assert rule_of("UnusedImport") == "unused-import"
