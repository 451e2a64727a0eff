"""The tree of errors: each with a code of its own, a status, and its line in the drawing."""

import inspect
import re

from triforce_daemon import errors
from triforce_daemon.errors import TriforceError


def tree() -> list[type[TriforceError]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, TriforceError)]


def test_every_error_is_drawn_with_its_status_and_code() -> None:
    drawn = {name: rest for name, *rest in re.findall(r"(\w+) +(\d{3}) (\w+)", errors.__doc__ or "")}
    for kind in tree():
        if issubclass(kind, errors.ConfigurationInvalid) or kind is TriforceError:
            assert kind.__name__ in (errors.__doc__ or "")
        else:
            assert drawn[kind.__name__] == [str(kind.status), kind.code]


def test_no_two_errors_share_a_code() -> None:
    own = [kind for kind in tree() if "code" in vars(kind)]
    assert len({kind.code for kind in own} | {"internal_error"}) == len(own)
