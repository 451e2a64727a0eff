"""Limits for one account or one token, as options, and as a person reads them."""

from typing import TYPE_CHECKING, Annotated

import typer

from triforce_cli.output.words import thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.tokens import TokenRequest
    from triforce_daemon.wire.users import OwnLimits, OwnLimitsPatch

Rpm = Annotated[
    int | None, typer.Option("--rpm", metavar="N", min=0, help="Requests in a minute; 0: as many as it likes.")
]
Spend = Annotated[
    str | None,
    typer.Option(
        "--spend", metavar="CAP", help="Dollars, in all or in a time: 5, 2.50/day, 100/month; 0: only what is free."
    ),
]
Parallel = Annotated[
    int | None,
    typer.Option("--parallel", metavar="N", min=0, help="Requests at the same time; 0: any number."),
]
Tokens = Annotated[
    int | None, typer.Option("--tokens", metavar="N", min=0, help="Tokens in a day of UTC; 0: any number.")
]

#: The tier decides alone.
NOTHING_SET: "OwnLimitsPatch" = {
    "requests_per_minute": None,
    "parallel": None,
    "tokens_per_day": None,
    "spend": None,
    "models": [],
}


def limit_token(request: "TokenRequest", rpm: int | None, spend: str | None) -> None:
    """What a new token may use, where that is said."""
    if rpm is not None:
        request["requests_per_minute"] = rpm
    if spend is not None:
        request["spend"] = spend


def limits_in_words(own: "OwnLimits") -> str:
    """What is set for somebody alone, as a person reads it."""
    numbers: list[tuple[int | None, str]] = [
        (own["requests_per_minute"], "requests a minute"),
        (own["parallel"], "at the same time"),
        (own["tokens_per_day"], "tokens a day"),
    ]
    named = [(number, what) for number, what in numbers if number is not None]
    told = [f"{thousands(number) if number else 'any number of'} {what}" for number, what in named]
    told += [f"${own['spend']}"] if own["spend"] is not None else []
    told += [f"the models {', '.join(own['models'])}"] if own["models"] else []
    return ", ".join(told) or "those of the tier"


def own_limits(
    rpm: int | None, parallel: int | None, tokens: int | None, spend: str | None, models: list[str] | None
) -> "OwnLimitsPatch":
    own: OwnLimitsPatch = {}
    if rpm is not None:
        own["requests_per_minute"] = rpm
    if parallel is not None:
        own["parallel"] = parallel
    if tokens is not None:
        own["tokens_per_day"] = tokens
    if spend is not None:
        own["spend"] = None if spend == "none" else spend
    if models:
        own["models"] = models
    return own
