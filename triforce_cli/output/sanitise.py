"""Makes text from a model harmless for a terminal: what would act is shown instead, what would hide is dropped."""

import re

#: Acts on the terminal, or on the order in which text is read: C0 and C1, bidirectional embeddings and overrides.
_ACTS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
#: Is not seen and means nothing to a reader, so that text can hide in it. The joiners U+200C and U+200D are not
#: among these: emoji, Persian and the Indic scripts are written with them.
_HIDES = "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_SUSPECT = re.compile(f"[{_ACTS}{_HIDES}\u2028\u2029\ud800-\udfff]")

_ACTING = re.compile(f"[{_ACTS}]")

_BLACK_FLAG = "\U0001f3f4"
_FLAG_LETTERS = range(0xE0020, 0xE0080)
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"


class Sanitiser:
    """Takes text in pieces as it arrives; where the pieces are cut makes no difference to what comes out.

    Newline and tab stay. Other line ends become newlines, so that no line overwrites another. A control character is
    replaced by its picture (ESC becomes ␛) or its name (`<U+202E>`), so that the reader sees what was sent. Invisible
    characters go, except in the emoji flags that are spelled with them. Half a surrogate pair becomes U+FFFD.
    """

    def __init__(self) -> None:
        self._previous = ""

    def feed(self, text: str) -> str:
        """The harmless form of the next piece."""
        if not text:
            return ""
        if self._previous != "\r" and _SUSPECT.search(text) is None:
            self._previous = text[-1]
            return text
        return "".join(map(self._harmless, text))

    def _harmless(self, character: str) -> str:
        previous, self._previous = self._previous, character
        if character == "\n":
            return "" if previous == "\r" else "\n"
        if _SUSPECT.match(character) is None:
            return character
        if character in _LINE_ENDS:
            return "\n"
        if ord(character) in _FLAG_LETTERS:
            return self._flag_letter(character, previous)
        return _shown(character)

    def _flag_letter(self, character: str, previous: str) -> str:
        if previous != _BLACK_FLAG:
            return ""
        self._previous = _BLACK_FLAG
        return character


def sanitise(text: str) -> str:
    """The harmless form of a whole text."""
    return Sanitiser().feed(text)


def one_line(text: str) -> str:
    """The same on one line: for titles, names and messages."""
    # What is printable holds nothing that acts or hides, and of all spaces only the plain one: the usual case, at once.
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(sanitise(text).split())


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    return f"<U+{code:04X}>" if _ACTING.match(character) else ""
