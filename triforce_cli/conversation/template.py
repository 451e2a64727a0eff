"""A prompt that the daemon keeps, with its gaps filled, as what is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from triforce_cli.conversation.message import encodable, text_or_file
from triforce_cli.errors import WrongUsage

if TYPE_CHECKING:
    from triforce_cli.daemon_client import DaemonClient

#: The gap for what is typed; where a prompt has none, that follows it.
INPUT = "input"


def rendered(client: DaemonClient, name: str, words: str, variables: Sequence[str]) -> str:
    """The prompt's text with `NAME=VALUE` in its gaps, and the words. Raises WrongUsage where a gap stays open."""
    prompt = client.prompt(name)
    takes_words = INPUT in prompt["variables"]
    given = pairs(variables) | ({INPUT: words} if takes_words and words.strip() else {})
    reply = client.render_prompt(name, {"variables": given, "version": prompt["version"]})
    if reply["missing"]:
        gaps = " ".join(f"--var {gap}=…" for gap in reply["missing"] if gap != INPUT)
        hint = f"Add {gaps}" if gaps else "Write what it is about."
        raise WrongUsage(f"The prompt {name} has gaps: {', '.join(reply['missing'])}.", hint)
    return reply["text"] if takes_words or not words.strip() else f"{reply['text']}\n\n{words}"


def pairs(words: Sequence[str]) -> dict[str, object]:
    """`NAME=VALUE` words as values; `NAME=@FILE` is the text of that file. Raises WrongUsage."""
    found: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise WrongUsage(f"{word!r} is not NAME=VALUE.", "Like language=German, or text=@notes.txt")
        found[encodable(name)] = text_or_file(value)
    return found
