"""Which files make a service of the daemon, and which commands let systemd know."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from triforce_cli.errors import Failed, NoPermission
from triforce_cli.files import whole
from triforce_cli.units import unit_texts

Scope = Literal["user", "system"]
State = Literal["new", "unchanged", "changed"]

_READABLE = 0o644


class UnitFile(NamedTuple):
    path: str
    text: str

    @property
    def state(self) -> State:
        """How what is there compares with this. Raises UnreadableFile."""
        there = whole.read(self.path)
        if there is None:
            return "new"
        return "unchanged" if there == self.text.encode() else "changed"

    @property
    def is_ours(self) -> bool:
        """Whether what is there was written by us."""
        return (whole.read(self.path) or b"").startswith(unit_texts.MARK.encode())


class Plan(NamedTuple):
    scope: Scope
    files: Sequence[UnitFile]
    #: In this order, once the files are there; and what ends it all, before and after they are taken away.
    begin: Sequence[Sequence[str]]
    end: Sequence[Sequence[str]]
    afterwards: Sequence[Sequence[str]]


def of_user(environ: Mapping[str, str], python: str) -> Plan:
    """The service of whoever asks."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", ""), ".config")
    path = os.path.join(base, "systemd", "user", "triforced.service")
    control = ("systemctl", "--user")
    return Plan(
        scope="user",
        files=[UnitFile(path, unit_texts.user_service(command(python)))],
        begin=[(*control, "daemon-reload"), (*control, "enable", "--now", "triforced.service")],
        end=[(*control, "disable", "--now", "triforced.service")],
        afterwards=[(*control, "daemon-reload")],
    )


def of_system(python: str, root: str = "/") -> Plan:
    """The service of the machine. Raises Failed where it could not see its own program."""
    # ProtectHome= hides these.
    if python.startswith(("/home/", os.path.expanduser("~root/"), "/run/user/")):
        raise Failed(
            f"A system service cannot see {python}: homes are hidden from it.",
            "Install triforce where every user finds it, like in /opt/triforce, and give the command from there.",
        )
    units = os.path.join(root, "etc/systemd/system")
    files = {
        os.path.join(units, "triforced.service"): unit_texts.system_service(command(python)),
        os.path.join(units, "triforced.socket"): unit_texts.socket_unit(),
        os.path.join(units, "triforced-https.socket"): unit_texts.https_socket_unit(),
        os.path.join(root, "etc/sysusers.d/triforce.conf"): unit_texts.sysusers(),
        os.path.join(root, "etc/tmpfiles.d/triforce.conf"): unit_texts.tmpfiles(),
    }
    return Plan(
        scope="system",
        files=[UnitFile(path, text) for path, text in files.items()],
        begin=[
            ("systemd-sysusers", "triforce.conf"),
            ("systemd-tmpfiles", "--create", "triforce.conf"),
            ("systemctl", "daemon-reload"),
            ("systemctl", "enable", "--now", "triforced.socket", "triforced.service"),
        ],
        end=[("systemctl", "disable", "--now", "triforced.service", "triforced.socket", "triforced-https.socket")],
        afterwards=[("systemctl", "daemon-reload")],
    )


def write(plan: Plan) -> None:
    """Put the files in their places. Raises OutputFailed, NoPermission."""
    if plan.scope == "system" and os.geteuid() != 0:
        raise NoPermission("A service of the machine is root's to install.", "Give the command as root.")
    for file in plan.files:
        if file.state != "unchanged":
            whole.write(file.path, file.text.encode(), _READABLE)


def command(python: str) -> str:
    """The words that run the daemon below systemd, quoted as its units want it."""
    return f"{quoted(python)} -P -m triforce_daemon run --managed-by systemd"


def quoted(program: str) -> str:
    """The path as the first word of a command in a unit (systemd.service(5)). Raises Failed where none can hold it."""
    if re.search(r"""[\\"']""", program):
        raise Failed(f"systemd runs no program of that name: {program}", "Install triforce in a folder without quotes.")
    plain = program.replace("%", "%%")
    return f'"{plain}"' if re.search(r"\s", plain) else plain
