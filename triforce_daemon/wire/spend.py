"""How much money somebody may spend, as text: `5`, `2.50/day`, `100/month`."""

import re
from typing import Literal

SpendPeriod = Literal["day", "month", "total"]

#: Billionths of a dollar.
NANO = 10**9

_CAP = re.compile(r"\$?(?P<whole>[0-9]{1,6})(?:\.(?P<part>[0-9]{1,9}))?(?:/(?P<period>day|month))?")


def spend_cap(text: str) -> tuple[int, SpendPeriod]:
    """Billionths of a dollar, and in which time. Raises ValueError."""
    found = _CAP.fullmatch(text)
    if found is None:
        raise ValueError("a cap is dollars, in all or in a time: 5, 2.50/day, 100/month")
    period: SpendPeriod = "day" if found["period"] == "day" else "month" if found["period"] else "total"
    return int(found["whole"]) * NANO + int((found["part"] or "").ljust(9, "0")), period


def dollars(nano: int) -> str:
    """`4.99`: decimal text without needless zeros."""
    whole, part = divmod(max(nano, 0), NANO)
    return f"{whole}.{part:09d}".rstrip("0").rstrip(".")
