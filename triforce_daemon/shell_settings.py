"""The settings of the commands that an admin may have run by a tool."""

from typing import Annotated

from pydantic import Field

from triforce_daemon.setting_section import ALL, Section


class Shell(Section):
    by_hand = frozenset({ALL})

    enabled: bool = False
    """Whether admins may have commands run by the tool shell, each after somebody has agreed to it."""
    unconfined: bool = False
    """Whether they are run also where bubblewrap cannot confine them: as the daemon's user, with all that he may do."""
    network: bool = False
    """Whether commands in the sandbox reach the network; those that are not confined always do."""
    memory_mb: Annotated[int, Field(ge=16, le=1 << 20)] = 1_024
    """Memory for one command and all that it starts, in MiB."""
