"""Pages of lists: what is on them, what is left out, and where the next one is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.listings.pages import Page, read_page
from triforce_daemon.providers.listings.shapes import SHAPES

KEYS = [
    "data", "models", "result", "id", "name", "result_info", "page", "per_page", "total_count", "nextPageToken",
    "has_more", "last_id", "capabilities", "completion_chat", "pricing", "prompt", "architecture", "properties",
    "property_id", "value", "details", "context_length", "supportedGenerationMethods", "limits", "task", "meta",
]  # fmt: skip
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=30,
)


@given(st.sampled_from(sorted(SHAPES)), json)
def test_any_json_is_a_page_or_no_list(shape: str, body: object) -> None:
    try:
        page = read_page(shape, body)
    except ValueError:
        return
    for model in page.models:
        assert model.name.isprintable()
        assert len(model.name) <= 256
    assert page.left_out >= 0
    assert page.following is None or all(isinstance(value, str) for value in page.following.values())


@pytest.mark.parametrize(
    ("shape", "naming"), [("openai", "id"), ("gemini", "name"), ("cloudflare", "name"), ("ollama", "name")]
)
def test_what_has_no_good_name_is_left_out_and_counted(shape: str, naming: str) -> None:
    wrong: list[Any] = [
        {},
        None,
        7,
        "x",
        {naming: None},
        {naming: "a\x1b[2J"},
        {naming: "x" * 10_000},
        {naming: "\u202e"},
    ]
    page = read_page(shape, [{naming: "good"}, *wrong])
    assert ([model.name for model in page.models], page.left_out) == (["good"], len(wrong))


def test_gemini_names_lose_what_they_all_begin_with() -> None:
    page = read_page("gemini", {"models": [{"name": "models/gemini-x"}, {"name": "models/"}]})
    assert page == Page([Listed("gemini-x")], 1, None)


@pytest.mark.parametrize(
    ("shape", "body", "following"),
    [
        ("gemini", {"models": [], "nextPageToken": "t"}, {"pageToken": "t"}),
        ("gemini", {"models": [], "nextPageToken": ""}, None),
        ("gemini", {"models": [], "nextPageToken": 7}, None),
        ("anthropic", {"data": [], "has_more": True, "last_id": "x"}, {"after_id": "x"}),
        ("anthropic", {"data": [], "has_more": False, "last_id": "x"}, None),
        ("anthropic", {"data": [], "has_more": True, "last_id": None}, None),
        ("cloudflare", {"result": [], "result_info": {"page": 1, "per_page": 2, "total_count": 3}}, {"page": "2"}),
        ("cloudflare", {"result": [], "result_info": {"page": 2, "per_page": 2, "total_count": 4}}, None),
        ("cloudflare", {"result": [], "result_info": "x"}, None),
        ("openai", {"data": [], "nextPageToken": "t", "has_more": True, "last_id": "x"}, None),
    ],
)
def test_where_the_next_page_is(shape: str, body: dict[str, Any], following: dict[str, str] | None) -> None:
    assert read_page(shape, body).following == following
