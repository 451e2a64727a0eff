"""How long the next wait may take."""

import pytest

from triforce_cli.transport.limit import Limit


def test_patience_counts_where_no_limit_is_given() -> None:
    assert Limit(None, 30).left() == 30
    assert Limit(None, None).left() is None


def test_a_limit_runs_out() -> None:
    left = Limit(5, 30).left()
    assert left is not None and 4 < left <= 5
    with pytest.raises(TimeoutError):
        Limit(0, 30).left()
