"""Whom to tell when there is nobody any more."""


def nobody() -> None:
    """In place of a callback that is done with: what holds the other's method, and is held by it, is two in a circle
    that only the collector frees, after minutes."""
