"""Memory as a person reads it: an entry, its versions, how much there is."""

from typing import TYPE_CHECKING

from triforce_cli.output.as_table import Fact, facts
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line, sanitise
from triforce_cli.output.words import ago, local, size, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.memory import Memory, MemoryDetail, MemoryStats, Validation


def page(entry: "MemoryDetail", paint: Paint) -> str:
    """What it says, what is known of it, and what was said of it."""
    later = entry["current_id"] if entry["current_id"] != entry["id"] else None
    rows = [
        Fact("id", entry["id"]),
        Fact("type", entry["type"]),
        Fact("project", entry["project"]),
        Fact("tags", ", ".join(entry["tags"])),
        Fact("importance", entry["importance"]),
        Fact("confidence", f"{entry['confidence']:.2f}"),
        Fact("version", f"{entry['version']}, {local(entry['created'])}, by {entry['by']}"),
        Fact("before", entry["previous_id"]),
        Fact("replaced by", later, "yellow"),
        Fact("ends", local(entry["expires"]) if entry["expires"] else None),
    ]
    said = "\n".join(_said(one, paint) for one in entry["validations"])
    return "\n\n".join(filter(None, [_block(entry["content"]), facts(rows, paint), said]))


def versions(items: "list[Memory]", paint: Paint) -> str:
    """Every version of an entry, in the order in which they come."""
    return "\n\n".join(f"{_head(one, paint)}\n{_block(one['content'])}" for one in items)


def summary(stats: "MemoryStats", paint: Paint) -> str:
    vectors, average = stats["vectors"], stats["avg_confidence"]
    rows = [
        Fact("entries", thousands(stats["total"])),
        *(Fact(f"  {name}", thousands(number)) for name, number in stats["by_type"].items()),
        *(Fact(f"  in {name}" if name else "  in no project", thousands(n)) for name, n in stats["by_project"].items()),
        Fact("confidence", f"{average:.2f} on average" if average is not None else None),
        Fact("ended", thousands(stats["expired"]) if stats["expired"] else None),
        Fact("forgotten", thousands(stats["forgotten"]) if stats["forgotten"] else None),
        Fact("texts", size(stats["bytes"])),
        Fact("by meaning", _vectors(vectors["ready"], vectors["missing"]) if vectors else "not installed, or off"),
    ]
    return facts(rows, paint)


def _vectors(ready: int, missing: int) -> str:
    return f"{thousands(ready)} entries" + (f", {thousands(missing)} to come" if missing else "")


def _said(one: "Validation", paint: Paint) -> str:
    word = paint.green("confirmed") if one["verdict"] == "confirm" else paint.red("rejected")
    reason = f": {one_line(one['reason'])}" if one["reason"] else ""
    came_to = paint.dim(f"({one['confidence']:.2f})")
    return f"{word} by {one_line(one['by'])}, {ago(one['at'])}{reason} {came_to}"


def _head(one: "Memory", paint: Paint) -> str:
    rest = paint.dim(f"{one['id']}, {local(one['created'])}, by {one_line(one['by'])}")
    return f"{paint.bold('version ' + str(one['version']))} {rest}"


def _block(text: str) -> str:
    return sanitise(text).strip("\n")
