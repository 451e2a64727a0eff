"""What an entry of memory may be, when two are the same one, and what verdicts make of its confidence."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import cast

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.runtime.clock import rfc3339, when
from triforce_daemon.stores.memory import MemoryRow, VerdictRow
from triforce_daemon.stores.memory_writes import NewRow, Verdict
from triforce_daemon.wire.memory import ConfidenceScore, Importance, Memory, MemoryType, Validation
from triforce_daemon.wire.memory import Verdict as VerdictWord

LONGEST_CONTENT = 100_000
LONGEST_LIFE = 100 * 366 * 86_400
MOST_TAGS = 32
_TAG = re.compile(r"[^\s,\x00-\x1f\x7f](?:[^,\x00-\x1f\x7f]{0,62}[^\s,\x00-\x1f\x7f])?")
_PROJECT = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
_IMPORTANCES: Sequence[Importance] = ("low", "medium", "high", "critical")

#: One verdict for takes confidence so far of the way that is left to 1; one against leaves so much of it.
_CONFIRMED, _REJECTED = 0.25, 0.5


def content_of(text: str) -> str:
    """Raises InvalidRequest."""
    if not text.strip():
        raise InvalidRequest("There is nothing to remember.", "Give it a content.")
    if len(text) > LONGEST_CONTENT:
        raise InvalidRequest(
            f"The content has {len(text):,} characters.", f"{LONGEST_CONTENT:,} at most; keep it in several entries."
        )
    return text_of(text, "content")


def text_of(text: str, name: str) -> str:
    """Raises InvalidRequest for what no database keeps as text."""
    try:
        if b"\0" not in text.encode():
            return text
    except UnicodeEncodeError:
        pass
    raise InvalidRequest(f"`{name}` holds a zero byte, or half a character.", "Only text can be kept.")


def tags_of(tags: Iterable[str]) -> list[str]:
    """In small letters, each once, in order. Raises InvalidRequest."""
    found = sorted({unicodedata.normalize("NFC", text_of(tag, "tags")).strip().lower() for tag in tags})
    wrong = next((tag for tag in found if not _TAG.fullmatch(tag)), None)
    if wrong is not None:
        raise InvalidRequest(f"{wrong!r} is no tag.", "Up to 64 characters on one line, without commas.")
    if len(found) > MOST_TAGS:
        raise InvalidRequest(f"These are {len(found)} tags.", f"An entry has up to {MOST_TAGS}.")
    return found


def project_of(name: str | None) -> str | None:
    """None where it is empty. Raises InvalidRequest."""
    project = text_of(name or "", "project").strip()
    if project and not _PROJECT.fullmatch(project):
        raise InvalidRequest(f"{project!r} is no name of a project.", "Up to 128 characters on one line.")
    return project or None


def confidence_of(value: float) -> float:
    """Raises InvalidRequest."""
    if not 0 <= value <= 1:
        raise InvalidRequest(f"`confidence` is {value}.", "It goes from 0 to 1.")
    return value


def end_of(ttl_seconds: int | None, now: int) -> int | None:
    """When an entry of that life ends, in ms. Raises InvalidRequest."""
    if ttl_seconds is None:
        return None
    if not 1 <= ttl_seconds <= LONGEST_LIFE:
        raise InvalidRequest(
            f"`ttl_seconds` is {ttl_seconds}.", f"It goes from 1 to {LONGEST_LIFE}; without: for good."
        )
    return now + ttl_seconds * 1_000


def lines_of(tags: Sequence[str]) -> str:
    """Tags as they are kept."""
    return "".join(f"\n{tag}" for tag in tags) + "\n" if tags else ""


def tags_in(lines: str) -> list[str]:
    """The same, back again."""
    return lines.split("\n")[1:-1]


def digest_of(type: str, project: str | None, content: str) -> str:
    """The same for entries that say the same, but for blanks; of code those at its ends alone."""
    said = content.strip() if type == "code" else " ".join(content.split())
    text = "\0".join((type, project or "", unicodedata.normalize("NFC", said)))
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def weightier(one: str, other: str) -> Importance:
    """The greater importance of two."""
    return _IMPORTANCES[max(map(_IMPORTANCES.index, (one, other)))]


def moved(confidence: float, verdict: str) -> float:
    """What one more verdict makes of it."""
    value = confidence + (1 - confidence) * _CONFIRMED if verdict == "confirm" else confidence * _REJECTED
    return round(value, 4)


def judged(stated: float, verdicts: Sequence[Verdict]) -> list[float]:
    """What confidence came to by each verdict. Who speaks again takes back what he said before."""
    said: dict[tuple[str, str], str] = {}
    values: list[float] = []
    for one in verdicts:
        speaker = (one["caller"], one["by"])
        said.pop(speaker, None)
        said[speaker] = one["verdict"]
        value = stated
        for verdict in said.values():
            value = moved(value, verdict)
        values.append(value)
    return values


def confirmed_by(verdicts: Sequence[VerdictRow]) -> list[str]:
    """Who confirms it, and has not taken that back."""
    last = {(one["caller"], one["by"]): one["verdict"] for one in verdicts}
    return sorted({by for (_, by), verdict in last.items() if verdict == "confirm"})


def memory(row: NewRow) -> Memory:
    return Memory(
        id=row["id"],
        type=cast(MemoryType, row["type"]),
        content=row["content"],
        confidence=row["confidence"],
        importance=cast(Importance, row["importance"]),
        tags=tags_in(row["tags"]),
        project=row["project"],
        version=row["version"],
        previous_id=row["previous"],
        by=row["by"],
        created=rfc3339(row["created"]),
        expires=when(row["expires"]),
    )


def validations(stated: float, verdicts: Sequence[VerdictRow]) -> list[Validation]:
    return [
        Validation(
            verdict=cast(VerdictWord, one["verdict"]),
            by=one["by"],
            caller=one["caller"],
            reason=one["reason"],
            at=rfc3339(one["created"]),
            confidence=value,
        )
        for one, value in zip(verdicts, judged(stated, verdicts), strict=True)
    ]


def scores(row: MemoryRow, verdicts: Sequence[VerdictRow]) -> list[ConfidenceScore]:
    """How its confidence has moved, the oldest first."""
    stated = ConfidenceScore(at=rfc3339(row["created"]), value=row["stated"], why="stated", by=row["by"])
    said = validations(row["stated"], verdicts)
    return [
        stated,
        *(ConfidenceScore(at=one["at"], value=one["confidence"], why=one["verdict"], by=one["by"]) for one in said),
    ]
