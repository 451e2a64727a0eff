"""Where this daemon's files are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

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

    @classmethod
    def of(cls, configuration: Configuration, environ: Mapping[str, str]) -> "Places":
        settings = configuration.settings
        socket = os.path.abspath(settings.daemon.socket or paths.own_socket(environ))
        database = settings.database.path or os.path.join(paths.state_folder(environ), "triforce.db")
        return cls(
            socket=socket,
            database=os.path.abspath(database),
            models=os.path.join(paths.data_folder(environ), "models"),
            run=os.path.dirname(socket),
            vault=os.path.join(paths.state_folder(environ), "vault"),
            tls=os.path.join(paths.state_folder(environ), "tls"),
            logins=os.path.join(paths.state_folder(environ), "logins"),
        )
