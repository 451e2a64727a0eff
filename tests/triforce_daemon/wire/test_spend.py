import pytest

from triforce_daemon.wire.spend import NANO, dollars, spend_cap


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        ("5", (5 * NANO, "total")),
        ("$5", (5 * NANO, "total")),
        ("0", (0, "total")),
        ("2.50/day", (2_500_000_000, "day")),
        ("0.000000001/month", (1, "month")),
    ],
)
def test_a_cap(text: str, cap: tuple[int, str]) -> None:
    assert spend_cap(text) == cap


@pytest.mark.parametrize("text", ["", "-5", "5/week", "5 /day", "1e3", ".5", "5.", "9999999", "5/day\n", "5٣"])
def test_what_is_no_cap(text: str) -> None:
    with pytest.raises(ValueError, match="a cap is dollars"):
        spend_cap(text)


@pytest.mark.parametrize(
    ("nano", "text"), [(0, "0"), (1, "0.000000001"), (4_990_000_000, "4.99"), (7 * NANO, "7"), (-1, "0")]
)
def test_dollars(nano: int, text: str) -> None:
    assert dollars(nano) == text
