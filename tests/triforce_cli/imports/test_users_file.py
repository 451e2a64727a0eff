"""`users.json` as the original writes it."""

import hashlib
from typing import Any

import pytest

from triforce_cli.errors import InputInvalid
from triforce_cli.imports.users_file import read


def record(tier: str = "free", password: str = "a long one of chance") -> dict[str, Any]:
    kept = hashlib.sha256(password.encode()).hexdigest()
    return {"password_hash": kept, "tier": tier, "name": "Anna", "billing": False, "created_at": "2025-01-01T00:00:00"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("guest", "guest"), ("free", "free"), ("registered", "free"), ("pro", "pro"), ("Enterprise", "unlimited")],
)
def test_a_user_comes_with_his_tier_and_without_his_password(theirs: str, ours: str) -> None:
    [entry] = read({"Anna.B+x@Mail.test": record(theirs)})
    assert (entry.state, entry.name, entry.body) == ("new", "anna.b-x", {"name": "anna.b-x", "tier": ours})
    assert "SHA-256 without a salt" in str(entry.note)
    assert record()["password_hash"] not in str(entry)


def test_of_a_password_it_says_what_it_was_kept_as() -> None:
    users = {
        "a@x.test": record(password="change-this-password"),
        "b@x.test": {"password_hash": "$2b$12$abc", "tier": "pro"},
        "c@x.test": {"tier": "pro"},
    }
    notes = [str(entry.note) for entry in read(users)]
    for note, words in zip(notes, ("known to everybody", "bcrypt", "no password is taken"), strict=True):
        assert words in note
        assert "triforce users password" in note


REFUSED = {
    "user@example.com": record(),
    "someone@mail.example.org": record(),
    "a@x.test": "text",
    "@x.test": record(),
    "b@x.test": record("gold"),
    "ü@x.test": record(),
}


@pytest.mark.parametrize("address", REFUSED)
def test_what_cannot_be_an_account_is_refused(address: str) -> None:
    [entry] = read({address: REFUSED[address]})
    assert (entry.state, entry.name, entry.body) == ("refused", None, None)
    assert entry.note


def test_of_two_who_would_have_one_name_the_first_gets_it() -> None:
    assert [entry.state for entry in read({"anna@x.test": record(), "Anna@y.test": record()})] == ["new", "refused"]


@pytest.mark.parametrize("content", [None, [], "x", 7])
def test_another_file_is_none(content: object) -> None:
    with pytest.raises(InputInvalid, match=r"users\.json"):
        read(content)
