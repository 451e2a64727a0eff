"""In whose name a commit is made."""

import pytest
from pydantic import ValidationError

from triforce_daemon.access.caller import Caller
from triforce_daemon.author_settings import Author
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.repositories.authors import Authors
from triforce_daemon.services.repositories.settings import GitSettings

OWNER = Caller(kind="owner", name="me")
LAPTOP, OTHER = (Caller(kind="token", name=f"token/{name}", token=name) for name in ("laptop", "other"))
ANNA, BEN = (Caller(kind="user", name=f"user/{name}", user=name) for name in ("anna", "ben"))
PLAIN = GitSettings({}, "sha1", ("Rita", "r@x"), frozenset())
NOBODY = GitSettings({}, "sha1", None, frozenset())
AUTHORS = Authors(
    {
        "me": Author(name="Me", email="me@x", callers=["owner"]),
        "bot": Author(name="Bot", email="bot@x", callers=["token/laptop"]),
        "anna": Author(name="Anna", email="anna@x", callers=["user/anna"]),
    }
)


@pytest.mark.parametrize(
    ("caller", "name"), [(OWNER, "Me"), (LAPTOP, "Bot"), (OTHER, "Me"), (ANNA, "Anna"), (BEN, "Rita")]
)
def test_the_settings_come_first(caller: Caller, name: str) -> None:
    told = AUTHORS.of(caller, PLAIN)
    assert told["GIT_AUTHOR_NAME"] == told["GIT_COMMITTER_NAME"] == name
    assert told.keys() == {f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}


def test_nobody_is_nobody() -> None:
    with pytest.raises(InvalidRequest, match="whose commit") as told:
        AUTHORS.of(BEN, NOBODY)
    assert "authors.NAME" in (told.value.hint or "")
    assert AUTHORS.of(OWNER, NOBODY)["GIT_AUTHOR_EMAIL"] == "me@x"


@pytest.mark.parametrize("name", ["", "a <b>", "a\nb", "  ", ".,;"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        Author(name=name, email="a@b")
    with pytest.raises(ValidationError):
        Author(name="a", email=f"{name} x")
