"""Text of strangers made plain: what acts on a terminal or hides from a reader is gone."""

import re

#: Escape sequences of terminals as a whole, so that nothing of them is left standing: OSC with its end, CSI, others.
_SEQUENCES = re.compile("\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b\\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
#: C0 and C1; marks of direction; what is not seen and means nothing. The joiners U+200C and U+200D stay: emoji, Persian
#: and the Indic scripts are written with them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
#: One of them chooses a form of the character before it; several say nothing, and can spell a text.
_SELECTORS = re.compile("([\ufe00-\ufe0f])[\ufe00-\ufe0f]+")


def plain(text: str, most: int) -> str:
    """`text` without all that, of at most `most` characters; newlines and tabs stay."""
    # What is cut off need not be looked at; what is taken away is seldom more than half.
    text = _SEQUENCES.sub("", text[: 2 * most])
    text = _HIDDEN.sub("", _LINE_ENDS.sub("\n", text))
    text = _SELECTORS.sub(r"\1", text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def one_line(text: str, most: int) -> str:
    """The same on one line: for titles, names and messages."""
    return plain(" ".join(plain(text, 2 * most).split()), most)
