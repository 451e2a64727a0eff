"""In whose name a commit is made: as the settings say of the caller, else as the repository does."""

from collections.abc import Mapping

from triforce_daemon.access.caller import Caller
from triforce_daemon.author_settings import Author
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.repositories.settings import GitSettings
from triforce_daemon.workspaces.roots import means

_OWNER = "owner"


class Authors:
    def __init__(self, settings: Mapping[str, Author]) -> None:
        self._settings = settings

    def of(self, caller: Caller, repository: GitSettings) -> dict[str, str]:
        """The name and the address, as git's environment takes them. Raises InvalidRequest where nobody says any."""
        own = [one for one in self._settings.values() if any(means(entry, caller) for entry in one.callers)]
        if not own and caller.user is None:
            own = [one for one in self._settings.values() if _OWNER in one.callers]
        found = (own[0].name, own[0].email) if own else repository.author
        if found is None:
            raise InvalidRequest(
                "Nobody says whose commit it is.",
                "Set authors.NAME.name, .email and .callers, or user.name and user.email of the repository.",
            )
        name, email = found
        who = {"NAME": name, "EMAIL": email}
        return {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in who.items()}
