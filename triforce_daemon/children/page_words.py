"""What the daemon and the program that reads pages say to each other."""

from typing import Literal

from typing_extensions import TypedDict


class Question(TypedDict):
    """Stands as JSON on the first line; what follows is the page."""

    url: str
    charset: str | None
    """As the answer's head has it."""
    form: Literal["html", "text"]


class PageText(TypedDict):
    title: str
    text: str
    links: list[str]
    """Absolute, without fragments, each once, in the order of the page."""
    robots: str
    """What its meta element says to robots, in small letters."""
