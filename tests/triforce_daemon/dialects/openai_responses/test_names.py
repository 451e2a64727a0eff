"""Names in namespaces and in one row."""

import pytest

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.openai_responses.names import Names, flat_name


@pytest.mark.parametrize(("space", "flat"), [("agents", "agents__open"), ("mcp__files__", "mcp__files__open")])
def test_a_name_in_a_namespace_comes_back(space: str, flat: str) -> None:
    tool = Tool(name=flat, description=None, schema={}, extras={"openai_responses": {"namespace": {"name": space}}})
    assert flat_name(space, "open") == flat
    assert Names([tool]).written(flat) == {"name": "open", "namespace": space}


def test_other_names_stay() -> None:
    assert flat_name(None, "open") == flat_name("", "open") == "open"
    assert Names([]).written("agents__open") == {"name": "agents__open"}


def test_tools_for_free_text_are_known() -> None:
    names = Names([Tool(name="patch", description=None, schema={}, freeform={})])
    assert names.takes_text("patch")
    assert not names.takes_text("open")
