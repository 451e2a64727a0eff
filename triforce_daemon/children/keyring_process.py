"""The program that speaks to the keyring of the user's session: one question on standard input, one answer out.

A process of its own, because what it asks may hang for ever, and can then be ended. Run: python -m … <<< QUESTION
"""

import importlib
import json
import sys
from typing import Any, Literal, Protocol

from typing_extensions import TypedDict

READ, MAKE = "read", "make"


class Question(TypedDict):
    backends: list[str]
    """Classes of keyring's, the first that works is asked. No other one is: some of them keep what they get in the
    open, and keyring chooses by itself among all that are installed."""
    action: Literal["read", "make"]
    service: str
    account: str
    proposal: str
    """What to keep where nothing is kept yet, with `make`."""


class Answer(TypedDict):
    backend: str | None
    secret: str | None
    refused: str | None
    """Why there is no answer, in words."""


class Backend(Protocol):
    """What is used of keyring's `KeyringBackend`."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...


def main() -> None:
    question: Question = json.loads(sys.stdin.readline())
    print(json.dumps(answer(question)), flush=True)


def answer(question: Question) -> Answer:
    """Ask the keyring. Whatever it raises becomes words: its libraries have many ways to fail."""
    refused: list[str] = []
    for name in question["backends"]:
        try:
            backend = _load(name)
        except Exception as error:  # noqa: BLE001 - a library's backend, see above
            refused.append(_words(error))
            continue
        try:
            return Answer(backend=name, secret=_ask(backend, question), refused=None)
        except Exception as error:  # noqa: BLE001 - as above
            return Answer(backend=name, secret=None, refused=_words(error))
    # The first one is the one that most people have.
    return Answer(backend=None, secret=None, refused=refused[0] if refused else "no keyring is known")


def _load(name: str) -> Backend:
    module, _, attribute = name.rpartition(".")
    kind: Any = getattr(importlib.import_module(module), attribute)
    # So keyring finds out whether a backend can be used: reading its priority raises where not.
    _ = kind.priority
    return kind()


def _ask(backend: Backend, question: Question) -> str | None:
    kept = backend.get_password(question["service"], question["account"])
    if kept is None and question["action"] == MAKE:
        backend.set_password(question["service"], question["account"], question["proposal"])
        # What forgets at once is found out now, and not when the vault is to be opened.
        kept = backend.get_password(question["service"], question["account"])
    return kept


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip(": ")


if __name__ == "__main__":
    main()
