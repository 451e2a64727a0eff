"""What failed requests say of a provider."""

import pytest

from triforce_daemon.errors import (
    InvalidRequest,
    KeyMissing,
    KeyRejected,
    TriforceError,
    UpstreamFailed,
    UpstreamLimited,
    UpstreamTimeout,
)
from triforce_daemon.providers.failures import condition_of


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (KeyMissing("None."), "no-key"),
        (KeyRejected("No.", upstream_status=401), "key-rejected"),
        (UpstreamLimited("Slow."), "limited"),
        (InvalidRequest("What?", upstream_status=404), "unknown"),
        (UpstreamFailed("Gone.", upstream_status=410), "retired"),
        (UpstreamFailed("Broken.", upstream_status=500), "down"),
        (UpstreamTimeout("Late."), "down"),
    ],
)
def test_each_error_has_its_state(error: TriforceError, state: str) -> None:
    condition = condition_of(error, 5)
    assert (condition.state, condition.reason, condition.at_ms) == (state, error.message, 5)
    assert condition.status == error.upstream_status


def test_a_limit_holds_as_long_as_it_was_said() -> None:
    assert condition_of(UpstreamLimited("Slow.", retry_after_ms=2_000), 5).until_ms == 2_005
    assert condition_of(UpstreamLimited("Slow.", retry_after_ms=2_000)).until_ms is None
    assert condition_of(UpstreamLimited("Slow."), 5).until_ms is None
