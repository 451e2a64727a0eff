"""Where this daemon's files are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from triforce_daemon.children.confinement import Hidden
from triforce_daemon.configuration.sources import Configuration
from triforce_daemon.wire import paths


@dataclass(frozen=True, slots=True)
class Places:
    socket: str
    database: str
    models: str
    run: str
    vault: str
    tls: str
    logins: str
    audit: str
    workspaces: str
    backups: str
    archives: str
    mcp_servers: str
    hidden: Hidden
    """What code that is not ours never gets to see."""

    @classmethod
    def of(cls, configuration: Configuration, environ: Mapping[str, str]) -> "Places":
        settings = configuration.settings
        socket = os.path.abspath(settings.daemon.socket or paths.own_socket(environ))
        archives = settings.backup.folder or os.path.join(paths.state_folder(environ), "archives")
        database = settings.database.path or os.path.join(paths.state_folder(environ), "triforce.db")
        return cls(
            socket=socket,
            database=os.path.abspath(database),
            models=os.path.join(paths.data_folder(environ), "models"),
            run=os.path.dirname(socket),
            vault=os.path.join(paths.state_folder(environ), "vault"),
            tls=os.path.join(paths.state_folder(environ), "tls"),
            logins=os.path.join(paths.state_folder(environ), "logins"),
            audit=os.path.join(paths.state_folder(environ), "audit"),
            workspaces=os.path.join(paths.state_folder(environ), "workspaces"),
            backups=os.path.join(paths.state_folder(environ), "backups"),
            archives=archives,
            mcp_servers=os.path.join(paths.state_folder(environ), "mcp_servers"),
            hidden=Hidden(
                (
                    *(paths.config_folder(environ), paths.state_folder(environ), paths.data_folder(environ), archives),
                    os.path.dirname(paths.own_socket(environ)),
                ),
                # Where a setting has put them elsewhere, among files of another kind.
                (
                    *(configuration.file, socket),
                    *(f"{os.path.abspath(database)}{suffix}" for suffix in ("", "-wal", "-shm", ".lock")),
                ),
            ),
        )
