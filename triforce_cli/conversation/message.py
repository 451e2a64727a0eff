"""What is sent: words, files and piped text put together, and texts that are given as such or in a file."""

import json
from collections.abc import Sequence
from typing import cast

from triforce_cli.conversation.attachments import STDIN, attachment, piped, read_text
from triforce_cli.errors import InputInvalid


def message(words: str, files: Sequence[str] = ()) -> str:
    """The words, then the files, then what is piped in; blank lines between them. Raises as `attachment` does."""
    blocks = [attachment(path) for path in files]
    if STDIN not in files:
        blocks.append(piped())
    text = "\n\n".join(block for block in (words, *blocks) if block.strip())
    return encodable(text)


def encodable(text: str) -> str:
    """`text`, if it can be sent. Raises InputInvalid: words on a command line may be in any encoding, or in none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputInvalid("The words on the command line are no text in UTF-8.") from None
    return text


def text_or_file(value: str) -> str:
    """A text that was given, or for `@name` the text of that file. Raises as `read_text` does."""
    return read_text(value[1:]) if value.startswith("@") else encodable(value)


def json_schema(value: str) -> dict[str, object]:
    """A JSON Schema that was given as JSON, or the one in a file. Raises InputInvalid, or as `read_text` does."""
    given = value.lstrip().startswith(("{", "["))
    name = "The schema" if given else value.removeprefix("@")
    try:
        schema = json.loads(value if given else read_text(name))
    except ValueError as error:
        raise InputInvalid(f"{name} is no JSON: {error}.", "Look at the quotes and the commas.") from None
    if not isinstance(schema, dict):
        raise InputInvalid(f"{name} is JSON, but no object.", 'A schema looks like {"type": "object", …}.')
    return cast("dict[str, object]", schema)
