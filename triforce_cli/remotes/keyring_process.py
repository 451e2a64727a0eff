"""The program that speaks to the keyring of the person's session: one question on standard input, one answer out.

A process of its own, because what it asks may hang for ever, and can then be ended. Run: python -m … <<< QUESTION
"""

import importlib
import json
import sys
from typing import Any, NamedTuple

READ, KEEP, FORGET = "read", "keep", "forget"


class Question(NamedTuple):
    backends: list[str]
    """Classes of keyring's, the first that works is asked. No other one is: some keep what they get in the open."""
    action: str
    service: str
    account: str
    secret: str | None = None


def main() -> None:
    question = Question(**json.loads(sys.stdin.readline()))
    print(json.dumps(answer(question)), flush=True)


def answer(question: Question) -> dict[str, str | None]:
    """Ask the keyring; `refused` says why there is no answer. Its libraries have many ways to fail."""
    refused = "no keyring is known"
    for name in question.backends:
        try:
            return {"secret": _ask(_load(name), question), "refused": None}
        except Exception as error:  # noqa: BLE001 - a library's backend, see above
            refused = f"{type(error).__name__}: {error}".strip(": ")
    return {"secret": None, "refused": refused}


def _load(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    kind: Any = getattr(importlib.import_module(module), attribute)
    # So keyring finds out whether a backend can be used: reading its priority raises where not.
    _ = kind.priority
    return kind()


def _ask(backend: Any, question: Question) -> str | None:
    entry = (question.service, question.account)
    if question.action == KEEP:
        backend.set_password(*entry, question.secret)
    elif question.action == FORGET and backend.get_password(*entry) is not None:
        backend.delete_password(*entry)
    # What forgets at once is found out now, and not when the token is wanted.
    return backend.get_password(*entry)


if __name__ == "__main__":
    main()
