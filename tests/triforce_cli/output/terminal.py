"""A terminal that remembers what it was sent and what scrolled off."""

import os

import pyte
import pyte.screens


class Terminal:
    """Shows what is written to it, as a terminal in its ordinary mode does."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self.screen = pyte.HistoryScreen(columns, lines, history=100_000, ratio=1)
        self._stream = pyte.Stream(self.screen)
        self.sent = ""

    @property
    def size(self) -> os.terminal_size:
        return os.terminal_size((self.screen.columns, self.screen.lines))

    def write(self, text: str) -> None:
        """Take what a program writes: the terminal's driver makes a line's end of its newline."""
        self.receive(text.replace("\n", "\r\n"))

    def receive(self, text: str) -> None:
        """Take what the driver passes on."""
        self.sent += text
        self._stream.feed(text)

    def rows(self) -> list[str]:
        """Everything, from the first row that was ever written to the last one that is not empty."""
        scrolled = ["".join(row[column].data for column in range(self.screen.columns)) for row in self._history()]
        rows = [row.rstrip() for row in (*scrolled, *self.screen.display)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def _history(self) -> list[dict[int, pyte.screens.Char]]:
        return list(self.screen.history.top)
