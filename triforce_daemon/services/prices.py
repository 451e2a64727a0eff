"""What a model costs, and what an answer cost."""

from triforce_daemon.providers.listed import Listed
from triforce_daemon.wire.models import Price


def price_of(listed: Listed) -> Price | None:
    """What its provider says; None where it says nothing."""
    if listed.price_in is None and listed.price_out is None:
        return None
    return Price(input=listed.price_in, output=listed.price_out, currency="USD")
