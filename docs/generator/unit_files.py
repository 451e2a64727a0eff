"""The units that a package of a distribution ships: what `triforce daemon install` writes, with the usual program."""

from collections.abc import Iterator

from triforce_cli.units import unit_texts

_PROGRAM = "/usr/bin/triforced run --managed-by systemd"


def packaged() -> Iterator[tuple[str, str]]:
    """Each file's path below packaging/systemd, and its text."""
    yield "system/triforced.service", unit_texts.system_service(_PROGRAM)
    yield "system/triforced.socket", unit_texts.socket_unit()
    yield "system/triforced-https.socket", unit_texts.https_socket_unit()
    yield "user/triforced.service", unit_texts.user_service(_PROGRAM)
    yield "sysusers.d/triforce.conf", unit_texts.sysusers()
    yield "tmpfiles.d/triforce.conf", unit_texts.tmpfiles()
