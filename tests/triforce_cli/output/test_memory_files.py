"""Memory as lines of JSON, and back again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_cli.errors import InputInvalid
from triforce_cli.output.memory_files import SCHEMA, as_json_lines, read_back

versions = st.lists(st.dictionaries(st.text(), st.text()))
entries = st.fixed_dictionaries({"schema": st.just(SCHEMA), "versions": versions})


@given(st.lists(entries, min_size=1))
def test_what_is_written_is_read_back(kept: list[Any]) -> None:
    assert read_back(as_json_lines(kept), "x") == kept


@pytest.mark.parametrize("text", ["", "\n\n", "{}", "1", '{"schema": "triforce.sessions.show/1"}', "{"])
def test_what_is_none_is_named(text: str) -> None:
    with pytest.raises(InputInvalid, match="f holds no exported memory"):
        read_back(text, "f")
