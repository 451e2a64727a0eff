"""`-o name=value`: how the model picks its words."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from triforce_cli.errors import WrongUsage

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import Options


def sampling_options(given: Iterable[str]) -> "Options":
    """Options as they stood on the command line; of those given twice the last counts, of `stop` all. WrongUsage."""
    options: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in OPTIONS:
            raise _unknown(pair, name)
        try:
            options[name] = OPTIONS[name](value.strip(), options.get(name))
        except ValueError as error:
            raise WrongUsage(f"-o {pair}: {error}.", f"For example: -o {_EXAMPLES[name]}") from None
    return cast("Options", options)


def _number(value: str, _before: object) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number


def _whole(value: str, _before: object) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{value!r} is no whole number") from None


def _texts(value: str, before: list[str] | None) -> list[str]:
    """A text, or as JSON a text with escapes, or a list of texts."""
    texts: Any = value
    if value[:1] in ('"', "["):
        try:
            texts = json.loads(value)
        except ValueError:
            raise ValueError(f"{value} is no JSON") from None
    texts = [texts] if isinstance(texts, str) else texts
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise ValueError("a text is needed")
    return [*(before or []), *texts]


OPTIONS: Mapping[str, Callable[[str, Any], object]] = {
    "temperature": _number,
    "top_p": _number,
    "max_tokens": _whole,
    "seed": _whole,
    "stop": _texts,
}
_EXAMPLES = {
    "temperature": "temperature=0.7",
    "top_p": "top_p=0.9",
    "max_tokens": "max_tokens=200",
    "seed": "seed=42",
    "stop": "stop=END",
}


def _unknown(pair: str, name: str) -> WrongUsage:
    if name in OPTIONS:
        return WrongUsage(f"-o {pair}: the value is missing.", f"For example: -o {_EXAMPLES[name]}")
    near = get_close_matches(name, OPTIONS)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(OPTIONS)}."
    return WrongUsage(f"There is no option {name!r}.", hint)
