"""Tools are found by what people ask for, in English and German."""

from pathlib import Path

from triforce_daemon.assemble.tools import CATEGORIES
from triforce_daemon.toolbox.declaration import tools_of
from triforce_daemon.toolbox.entry import Entry, bind
from triforce_daemon.toolbox.search import ToolSearch

#: Written before the keywords were looked at, which were then mended where one was not found.
QUESTIONS = Path(__file__).parents[1] / "tool_questions.txt"


def questions() -> list[tuple[str, str]]:
    lines = [line for line in QUESTIONS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(tool.strip(), asked.strip()) for tool, _, asked in (line.partition("|") for line in lines)]


def entries() -> list[Entry]:
    return [bind(function, lambda kind: object()) for category in CATEGORIES for function in tools_of(category)]


def test_the_right_tool_is_among_the_first_five() -> None:
    search = ToolSearch(entries())
    names = [entry.name for entry in entries()]
    asked = [(tool, question) for tool, question in questions() if tool in names]
    missed = [
        (tool, question, found)
        for tool, question in asked
        if tool not in (found := [name for name, _ in search.find(question, names, 5)])
    ]
    assert len(missed) <= 0.05 * len(asked), missed
    assert set(names) == {tool for tool, _ in asked}, "each tool is asked for"


def test_there_are_enough_questions() -> None:
    assert len(set(questions())) == len(questions()) >= 150
