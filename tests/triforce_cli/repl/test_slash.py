"""How a line finds its command."""

from types import ModuleType

import pytest

from triforce_cli.errors import WrongUsage
from triforce_cli.repl.slash import SlashCommand, commands_of, is_command, run_line

SOURCE = '''
from os.path import join

def alone(talk):
    """Stands alone.

    More about it.
    """
    talk.append("alone")

def given_(talk, word):
    """Needs a word."""
    talk.append(word)

def maybe(talk, words=""):
    """May have words."""
    talk.append(f"maybe {words}")

def _hidden(talk):
    """Is no command."""
'''


@pytest.fixture
def commands() -> dict[str, SlashCommand]:
    module = ModuleType("declared_here")
    exec(SOURCE, module.__dict__)
    return commands_of(module)


def test_a_function_is_all_there_is_to_a_command(commands: dict[str, SlashCommand]) -> None:
    assert [(one.name, one.usage, one.summary) for one in commands.values()] == [
        ("alone", "/alone", "Stands alone."),
        ("given", "/given WORD", "Needs a word."),
        ("maybe", "/maybe [WORDS]", "May have words."),
    ]


@pytest.mark.parametrize(
    ("line", "did"),
    [
        ("/alone", "alone"),
        ("/ALONE  ", "alone"),
        ("/given a b ", "a b"),
        ("/maybe", "maybe "),
        ("/maybe  x", "maybe x"),
    ],
)
def test_a_line_runs_its_command(commands: dict[str, SlashCommand], line: str, did: str) -> None:
    done: list[str] = []
    run_line(line, commands, done)
    assert done == [did]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("/alon", "There is no command /alon.", "Did you mean /alone? To send it as a message: //alon"),
        ("/xyz 1", "There is no command /xyz.", "/help lists them. To send it as a message: //xyz 1"),
        ("/", "There is no command /.", "/help lists them. To send it as a message: //"),
        ("/alone now", "/alone stands alone.", "To send it as a message: //alone now"),
        ("/given", "/given needs something behind it.", "It is used so: /given WORD"),
    ],
)
def test_what_does_not_fit_is_told(commands: dict[str, SlashCommand], line: str, message: str, hint: str) -> None:
    done: list[str] = []
    with pytest.raises(WrongUsage) as told:
        run_line(line, commands, done)
    assert (told.value.message, told.value.hint, done) == (message, hint, [])


@pytest.mark.parametrize(("line", "command"), [("/a", True), ("/", True), ("//a", False), ("a/", False), ("", False)])
def test_one_slash_is_a_command(line: str, command: bool) -> None:
    assert is_command(line) == command
