"""Every error has an exit status."""

from collections.abc import Iterator

import pytest

from triforce_cli import errors as cli
from triforce_cli import exit_codes
from triforce_cli.exit_codes import exit_status, is_known
from triforce_daemon.errors import TriforceError


def below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


@pytest.mark.parametrize("error", list(below(TriforceError)), ids=lambda error: error.__name__)
def test_each_error_of_the_daemon_has_an_exit_status(error: type[TriforceError]) -> None:
    assert is_known(error.code)
    assert exit_status(error.code) in exit_codes.MEANINGS


@pytest.mark.parametrize("error", list(below(cli.TriforceCliError)), ids=lambda error: error.__name__)
def test_each_error_of_the_command_line_has_an_exit_status(error: type[cli.TriforceCliError]) -> None:
    if error is not cli.DaemonError:
        assert is_known(error.code)
        assert exit_status(error.code) in exit_codes.MEANINGS


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("model_not_found", 5),
        ("ambiguous_id", 5),
        ("unauthenticated", 4),
        ("forbidden", 77),
        ("invalid_json", 65),
        ("provider_unavailable", 69),
        ("daemon_not_running", 69),
        ("not_approved", 6),
        ("protocol_mismatch", 76),
        ("configuration_invalid", 78),
        ("timeout", 124),
        ("bug", 70),
    ],
)
def test_what_scripts_rely_on(code: str, status: int) -> None:
    assert exit_status(code) == status


@pytest.mark.parametrize(("http_status", "status"), [(429, 75), (404, 5), (503, 69), (418, 1), (None, 1)])
def test_a_code_of_a_newer_daemon_follows_its_http_status(http_status: int | None, status: int) -> None:
    assert exit_status("never_heard_of", http_status) == status


def test_retryable_codes_are_in_the_table() -> None:
    assert set(exit_codes.RETRYABLE) <= set(exit_codes.MEANINGS)
