"""By what a person is known."""

from pathlib import Path

from triforce_cli.remotes.context import Context
from triforce_cli.remotes.credential import Given, Kept, Nobody
from triforce_cli.remotes.token_store import TokenStore

PROD = Context("prod", "https://prod", store="file")


def test_what_is_kept_is_sent_and_looked_up_again_once_refused(home: Path) -> None:
    store = TokenStore({"HOME": str(home)})
    known = Kept(PROD, store)
    assert known.token() is None
    store.keep(PROD, {"token": "tf_a"})
    assert known.renewed("") == "tf_a"
    assert known.renewed("tf_a") is None
    store.keep(PROD, {"token": "tf_b"})
    assert known.token() == "tf_a"
    assert known.renewed("tf_a") == "tf_b"


def test_nobody_sends_nothing_and_what_is_given_is_not_renewed() -> None:
    assert (Nobody().token(), Nobody().renewed("x")) == (None, None)
    assert (Given("tf_x").token(), Given("tf_x").renewed("tf_x")) == ("tf_x", None)
