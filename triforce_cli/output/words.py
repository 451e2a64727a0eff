"""Numbers and moments in a person's words."""

from datetime import UTC, datetime

_STEPS = ((60.0, "s"), (60.0, "min"), (24.0, "h"), (365.0, "d"))


def thousands(number: int) -> str:
    """`8,192`."""
    return f"{number:,}"


def count(number: int, noun: str, several: str | None = None) -> str:
    """`1 turn`, `2 turns`, `1,024 turns`; `several` is the noun where it takes more than an s."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def size(amount: float) -> str:
    """An amount of bytes, as disks are sold: `93 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1_000:
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1_000
    return f"{amount:.1f} TB"


def span(seconds: float) -> str:
    """How long something lasts, in its largest unit: `5 min`."""
    amount = max(seconds, 0)
    if 0 < amount < 1:
        return f"{amount * 1_000:.0f} ms"
    for step, unit in _STEPS:
        if amount < step:
            return f"{amount:.0f} {unit}"
        amount /= step
    return f"{amount:.0f} y"


def ago(moment: str) -> str:
    """How long an RFC 3339 moment lies back: `5 min ago`."""
    passed = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    return "just now" if passed < 1 else f"{span(passed)} ago"


def local(moment: str) -> str:
    """An RFC 3339 moment on the clock of this machine: `2026-03-01 13:00`."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
