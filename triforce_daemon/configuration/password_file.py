"""Passwords that stand in files of their own, so that the settings may be shown."""

import os
import stat

from triforce_daemon.errors import ConfigurationInvalid

#: What is longer is no password.
_LONGEST = 4_096


def password_in(path: str, setting: str) -> str | None:
    """What the file holds that `setting` names; None where it names none. Raises ConfigurationInvalid."""
    if not path:
        return None
    try:
        with open(path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(_LONGEST + 1)
        password = content.decode().removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ConfigurationInvalid(f"{setting}: {path}: {reason}.", "Name a file that holds one password.") from None
    if mode & 0o007:
        raise ConfigurationInvalid(f"{setting}: everybody can read {path}.", f"`chmod 600 {path}`")
    if not password or len(content) > _LONGEST or not password.isprintable():
        raise ConfigurationInvalid(f"{setting}: {path} holds no password.", "Write it there as one line.")
    return password
