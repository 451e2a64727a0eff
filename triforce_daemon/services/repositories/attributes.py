"""Files that a program of the repository's would change on their way into git or out of it; none is run here."""

from collections.abc import Mapping, Sequence

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.repositories.repositories import Opened, Repositories
from triforce_daemon.workspaces.relative import shown


async def check_filters(
    repositories: Repositories,
    opened: Opened,
    paths: Sequence[str],
    words: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> None:
    """Refuse files with a filter, like those of Git LFS. `words`: of `git check-attr`. Raises InvalidRequest."""
    listed = "".join(f"{path}\0" for path in paths).encode()
    asked = ["check-attr", "--stdin", "-z", *words, "filter"]
    ran = await repositories.ask(opened, asked, text=listed, most=64 << 20, environ=environ)
    fields = ran.output.decode(errors="replace").split("\0")
    for path, _, name in zip(fields[0::3], fields[1::3], fields[2::3], strict=False):
        if name in opened.settings.filters:
            raise InvalidRequest(
                f"{shown(path)} goes through the filter {name!r}, which is a program that nobody runs here.",
                "Do that with git itself.",
            )
