"""The program that checks source code, run as one."""

import json
import subprocess
import sys

from triforce_daemon.children.linter import PROGRAM


def test_a_question_and_an_answer() -> None:
    question = {"language": "python", "code": "import b\nprint(c)\nimport a\n"}
    told = subprocess.run(
        [sys.executable, "-P", "-m", PROGRAM], input=json.dumps(question), capture_output=True, check=True, text=True
    )
    answer = json.loads(told.stdout)
    assert [issue["line"] for issue in answer["issues"]] == [1, 2, 3]
    assert {"syntax-error", "unused-import"} <= set(answer["rules"])
