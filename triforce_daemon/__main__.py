"""`triforced`: reads flags and settings, then serves; or answers questions about the settings without serving."""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

from triforce_daemon.configuration import sources
from triforce_daemon.errors import ConfigurationInvalid, StorageFailed, TriforceError
from triforce_daemon.runtime import collector
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.startup_errors import AlreadyRunning
from triforce_daemon.wire import paths
from triforce_daemon.wire.constants import VERSION

FAILED = 1
UNAVAILABLE = 69
#: It wants to be started anew; the units of `triforce_cli.units` have systemd do so. ERESTART of Linux.
RESTART = 85
CONFIGURATION = 78
INTERRUPTED = 130


def main() -> None:
    """The entry point; ends the process with its exit status."""
    _open_what_is_closed()
    environ = dict(os.environ)  # noqa: TID251 - read once, here, and handed on
    words = parser().parse_args()
    try:
        sys.exit(words.act(words, environ))
    except AlreadyRunning as error:
        sys.exit(_refused(words, error, UNAVAILABLE))
    except ConfigurationInvalid as error:
        sys.exit(_refused(words, error, CONFIGURATION))
    except TriforceError as error:
        sys.exit(_refused(words, error, FAILED))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def parser() -> argparse.ArgumentParser:
    """The whole command line of `triforced`."""
    top = argparse.ArgumentParser(prog="triforced", description="The daemon of triforce.")
    top.add_argument("--version", action="version", version=f"triforced {VERSION}")
    top.set_defaults(act=_run)
    _common(top, root=True)
    actions = top.add_subparsers(title="actions", metavar="ACTION")
    run = actions.add_parser("run", help="serve in the foreground (the default)")
    run.set_defaults(act=_run)
    _common(run)
    for serving, default in ((top, False), (run, argparse.SUPPRESS)):
        words = "start with secrets that everybody knows; for trials alone"
        serving.add_argument("--dev", action="store_true", default=default, help=words)
    doctor = actions.add_parser("doctor", help="examine files and providers without serving")
    doctor.set_defaults(act=_doctor)
    _common(doctor)
    restore = actions.add_parser("restore", help="put the database of a backup in the place of today's")
    restore.add_argument("backup", metavar="BACKUP", help="its name")
    restore.set_defaults(act=_restore)
    _common(restore)
    _config(actions.add_parser("config", help="show, check or change the settings"))
    _certificate(actions.add_parser("cert", help="make a certificate for trials of the https listener"))
    return top


def _common(parser: argparse.ArgumentParser, root: bool = False) -> None:
    def default(value: Any) -> Any:
        return value if root else argparse.SUPPRESS

    parser.add_argument("--config", metavar="FILE", default=default(None), help="read FILE instead of config.toml")
    parser.add_argument("--socket", metavar="PATH", default=default(None), help="listen on PATH")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        # What stands after the action must not take the place of what stands before it.
        dest="set" if root else "set_after",
        default=[] if root else argparse.SUPPRESS,
        help="set one setting; wins over all else",
    )
    parser.add_argument("--json", action="store_true", default=default(False), help="errors as one JSON line")
    parser.add_argument(
        "--managed-by", choices=("systemd", "cli", "shell"), default=default(None), help=argparse.SUPPRESS
    )


def _config(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    shapes: dict[str, tuple[list[str], str]] = {
        "list": ([], "every setting with its value and origin"),
        "get": (["key"], "one setting"),
        "set": (["key", "value"], "write one setting to the file"),
        "unset": (["key"], "take one setting out of the file"),
        "path": ([], "where the file is"),
        "schema": ([], "what the file may hold, as JSON Schema"),
        "validate": ([], "check the file and the environment"),
    }
    for name, (arguments, words) in shapes.items():
        action = actions.add_parser(name, help=words)
        for argument in arguments:
            action.add_argument(argument)
        action.set_defaults(act=_config_action, action=name)
        _common(action)


def _certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", metavar="NAME", action="append", help="a name or an address of this machine")
    parser.add_argument("--replace", action="store_true", help="put it in the place of the one that is there")
    parser.set_defaults(act=_make_certificate)
    _common(parser)


def _run(words: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configuration = _configuration(words, environ)
    managed_by = words.managed_by or ("systemd" if is_a_service(environ) else "shell")
    collector.rest()
    # Everything that serves takes half a second to import; questions about the settings do without.
    from triforce_daemon.assemble import daemon

    return RESTART if daemon.start(configuration, environ, managed_by, words.dev) else 0


def is_a_service(environ: Mapping[str, str]) -> bool:
    """Whether systemd has started this process itself: what a service starts inherits much of its environment."""
    started = environ.get("SYSTEMD_EXEC_PID")
    return "INVOCATION_ID" in environ and started in (None, str(os.getpid()))


def _doctor(words: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from triforce_daemon.assemble.places import Places
    from triforce_daemon.assemble.storage import storage
    from triforce_daemon.assemble.world import doctor, world

    configuration = _lenient(words, environ)
    places, redactor = Places.of(configuration, environ), Redactor()
    database = storage(configuration.settings, places, redactor.add)

    async def examine() -> object:
        outside = world(configuration, places, environ, redactor)
        try:
            await outside.keys.load()
            return await doctor(configuration, places, environ, database, outside).examine()
        finally:
            await outside.close()

    _print(asyncio.run(examine()))
    return 0


def _make_certificate(words: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from triforce_daemon.listeners import network, self_signed

    names = words.host or [socket.gethostname(), "localhost", "127.0.0.1", "::1"]
    # Always its own place: what the settings name may be somebody else's work.
    files = network.pair("", "", os.path.join(paths.state_folder(environ), "tls"))
    _print(self_signed.make(names, *files, replace=words.replace))
    return 0


def _restore(words: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from triforce_daemon.assemble.places import Places
    from triforce_daemon.services.backups import restoring
    from triforce_daemon.services.backups.archives import Archives

    configuration = _configuration(words, environ)
    if configuration.settings.database.url:
        raise ConfigurationInvalid(
            "The database is a PostgreSQL, which is restored by its own programs.", "See docs/operations/backup.md."
        )
    places, busy_seconds = Places.of(configuration, environ), configuration.settings.database.busy_seconds
    _print(restoring.restore(Archives(places.archives), words.backup, places.database, busy_seconds))
    return 0


def _config_action(words: argparse.Namespace, environ: Mapping[str, str]) -> int:
    lenient = words.action in ("path", "validate", "set", "unset")
    configuration = _lenient(words, environ) if lenient else _configuration(words, environ)
    desk = SettingsDesk(configuration, environ)
    if words.action == "validate":
        check = desk.check()
        _print(check)
        return 0 if check["ok"] else CONFIGURATION
    actions = {
        "list": desk.everything,
        "get": lambda: desk.get(words.key),
        "set": lambda: desk.put(words.key, words.value),
        "unset": lambda: desk.remove(words.key),
        "path": desk.path,
        "schema": desk.schema,
    }
    _print(actions[words.action]())
    return 0


def _configuration(words: argparse.Namespace, environ: Mapping[str, str]) -> sources.Configuration:
    return sources.load(_file(words, environ), environ, _flags(words))


def _lenient(words: argparse.Namespace, environ: Mapping[str, str]) -> sources.Configuration:
    return sources.load_what_is_right(_file(words, environ), environ, _flags(words))


def _file(words: argparse.Namespace, environ: Mapping[str, str]) -> str:
    return os.path.abspath(words.config or paths.config_file(environ))


def _flags(words: argparse.Namespace) -> dict[str, str]:
    flags: dict[str, str] = {}
    for pair in cast(Sequence[str], [*words.set, *vars(words).get("set_after", ())]):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigurationInvalid(f"--set {pair}: there is no `=`.", "Write --set builtin.context=2048.")
        flags[key] = value
    if words.socket:
        flags["daemon.socket"] = words.socket
    return flags


def _print(document: object) -> None:
    """One line of JSON, in ASCII: a path or a variable may hold what no encoding can write."""
    try:
        print(json.dumps(document), flush=True)
    except BrokenPipeError:
        # The reader has seen enough.
        _silence()
    except OSError as error:
        _silence()
        raise StorageFailed(f"The answer could not be written: {error.strerror}.", "Write it elsewhere.") from None


def _silence() -> None:
    """What is still held for standard output goes nowhere; else the interpreter would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_what_is_closed() -> None:
    """The number of a closed standard stream would go to the next file that is opened: the database, for one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115


def _refused(words: argparse.Namespace, error: TriforceError, status: int) -> int:
    if words.json:
        print(json.dumps({"error": error.body()}), file=sys.stderr)
        return status
    print(f"triforced: {error.message}", file=sys.stderr)
    if error.near:
        print(f"  Did you mean {' or '.join(error.near)}?", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
