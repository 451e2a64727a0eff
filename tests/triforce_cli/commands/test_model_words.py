"""Models in a person's words: prices, what is unknown, what came from outside."""

from typing import Any, cast

import pytest

from tests.triforce_cli.replies import ALIAS, AUTO, MODEL, WHY
from triforce_cli.commands import _model_words as words
from triforce_cli.output.paint import Paint
from triforce_daemon.wire.models import Model, Price

PLAIN = Paint(False)


@pytest.mark.parametrize(
    ("into", "out", "said"),
    [("0", "0", "free"), ("0.59", "0.79", "0.59 / 0.79"), (None, "2", "? / 2"), ("0", None, "0 / ?")],
)
def test_prices(into: str | None, out: str | None, said: str) -> None:
    price = Price(input=into, output=out, currency="USD")
    assert words.price_words(price) == said
    assert words.is_free(cast(Model, {**MODEL, "price": price})) is (said == "free")


def test_an_unknown_price_is_not_free() -> None:
    assert not words.is_free(cast(Model, {**MODEL, "price": None}))


def test_a_page_leaves_out_what_is_unknown() -> None:
    full = words.page(MODEL, PLAIN)
    assert "price      free" in full and "goes to    machine" in full
    unknown: dict[str, Any] = dict.fromkeys(("context", "price", "size_bytes", "path", "listed_at", "title"))
    page = words.page(cast(Model, {**MODEL, **unknown, "abilities": []}), PLAIN)
    assert "None" not in page
    assert {line.split()[0] for line in page.splitlines()} == {"id", "state", "default", "goes", "about"}
    dear = words.page(cast(Model, {**MODEL, "price": {"input": "1", "output": "2", "currency": "USD"}}), PLAIN)
    assert "1 / 2 USD for a million tokens in / out" in dear


def test_an_alias_that_nobody_answers_for() -> None:
    assert f"first     {ALIAS['first']}" in words.alias_page(ALIAS, PLAIN)
    assert "first     nobody" in words.alias_page(AUTO, PLAIN)


def test_what_came_from_outside_does_not_act() -> None:
    wicked = {**WHY, "steps": [{"check": "x\x1b[2J", "ok": False, "detail": "\x1b[31m", "fix": "\x07"}]}
    assert "\x1b" not in words.why_page(cast(Any, wicked), PLAIN)
