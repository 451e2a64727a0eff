"""Numbers as pictures of characters: a bar for one, a line of columns for many; of blocks, or of ASCII."""

import sys
from collections.abc import Mapping, Sequence

#: From little to much; the first of each stands for nothing at all.
_COLUMNS = " ▁▂▃▄▅▆▇█"
_COLUMNS_ASCII = " .:-=+*#@"
#: Eighths of a character, from the left.
_EIGHTHS = " ▏▎▍▌▋▊▉"
_STEPS = 8


def shows_blocks(environ: Mapping[str, str]) -> bool:
    """Whether standard output shows block characters: the console of Linux has no glyphs for half of them."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    return encoding == "utf8" and environ.get("TERM", "dumb") not in ("linux", "dumb")


def bar(value: float, most: float, width: int, *, blocks: bool) -> str:
    """`value` as a part of `width` characters, of which `most` takes all; what is not nothing is seen."""
    if value <= 0 or most <= 0:
        return ""
    eighths = max(round(value / most * width * _STEPS), 1)
    if not blocks:
        return "#" * max(round(eighths / _STEPS), 1)
    return "█" * (eighths // _STEPS) + _EIGHTHS[eighths % _STEPS].strip()


def columns(values: Sequence[float], *, blocks: bool) -> str:
    """A character for each value, as high as it is beside the largest; what is not nothing is seen."""
    most = max(values, default=0)
    heights = [max(round(value / most * _STEPS), 1) if value > 0 else 0 for value in values]
    return "".join((_COLUMNS if blocks else _COLUMNS_ASCII)[height] for height in heights)
