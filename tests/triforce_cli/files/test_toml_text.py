"""TOML changed in place."""

import tomllib

import pytest

from triforce_cli.files.toml_text import value_at, with_value, without

TEXT = """\
# mine
approval_policy = "never"   # asks nobody

[mcp_servers.docs] # a table
command = "docs"

[model_providers.other]
name = "Other"
"""


def test_a_new_value_of_the_root_stands_before_the_tables() -> None:
    changed = with_value(TEXT, ("model",), "m")
    assert tomllib.loads(changed)["model"] == "m"
    assert changed.replace('model = "m"\n', "").split() == TEXT.split()


def test_a_new_table_is_one_and_all_else_stays() -> None:
    changed = with_value(TEXT, ("model_providers", "triforce", "auth", "args"), ["x"])
    changed = with_value(changed, ("model_providers", "triforce", "name"), "triforce")
    assert tomllib.loads(changed)["model_providers"] == {
        "other": {"name": "Other"},
        "triforce": {"name": "triforce", "auth": {"args": ["x"]}},
    }
    for line in TEXT.splitlines():
        assert line in changed


def test_a_table_that_only_holds_others_has_no_line() -> None:
    changed = with_value("", ("model_providers", "triforce", "name"), "triforce")
    assert changed == '[model_providers.triforce]\nname = "triforce"\n'


@pytest.mark.parametrize("text", ["", "model_providers = {}\n", "model_providers = { other = { name = 'x' } }\n"])
def test_whatever_is_there_it_can_be_read_back(text: str) -> None:
    changed = with_value(text, ("model_providers", "triforce", "auth", "command"), "cat")
    changed = with_value(changed, ("model",), "m")
    assert value_at(changed, ("model_providers", "triforce", "auth", "command")) == "cat"
    assert tomllib.loads(changed)["model"] == "m"


def test_a_value_is_taken_out() -> None:
    assert without(with_value(TEXT, ("model_providers", "other", "x"), 1), ("model_providers", "other", "x")) == TEXT
    assert value_at(TEXT, ("nothing", "here"), 5) == 5


def test_what_is_no_toml_or_in_the_way_is_told() -> None:
    with pytest.raises(ValueError):
        value_at("= 1", ("a",))
    with pytest.raises(ValueError, match="`model` is no table"):
        with_value('model = "m"\n', ("model", "name"), "x")
