"""Generated files on the disk: which are stale, and writing them."""

from pathlib import Path

#: Whatever lies here is generated; a file that nothing makes any more is stale too.
FOLDERS = ("man", "completions", "docs/reference")


def stale(root: Path, files: dict[str, str]) -> list[str]:
    """Paths below `root` that are missing, different, or not among `files`."""
    wrong = {path for path, text in files.items() if _read(root / path) != text}
    there = {path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).glob("*")}
    return sorted(wrong | (there - files.keys()))


def write(root: Path, files: dict[str, str]) -> None:
    """Make what lies below `root` equal to `files`."""
    for path in stale(root, files):
        target = root / path
        if path not in files:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(files[path], encoding="utf-8")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
