"""What the manual says that no help text says: files, environment, how the daemon lives."""

_HOMES = {"XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR": "Where the files below live instead."}

ENVIRONMENT = {
    "TRIFORCE_SOCKET": "The daemon's socket, like --socket.",
    "TRIFORCE_CONFIG": "The configuration file, like --config.",
    "TRIFORCE_MODEL": "The model that `triforce chat` uses where -m is not given.",
    "NO_COLOR": "Any value: no colours, like --no-color.",
    **_HOMES,
}

DAEMON_ENVIRONMENT = {
    "TRIFORCE_CONFIG": "The configuration file, like --config.",
    "TRIFORCE_SECTION_KEY": "A setting: `builtin.context` is TRIFORCE_BUILTIN_CONTEXT.",
    **_HOMES,
}

FILES = {
    "~/.config/triforce/config.toml": "Settings; see `triforce config list`.",
    "~/.local/state/triforce/triforce.db": "Conversations, their full-text index, and usage.",
    "~/.local/state/triforce/triforced.log": "The log of a daemon that `triforce` started in the background.",
    "~/.local/share/triforce/models/": "Model files; they can be fetched again.",
    "$XDG_RUNTIME_DIR/triforce/triforced.sock": (
        "The daemon's socket; below `~/.local/state/triforce/run/` where there is no runtime folder."
    ),
}

DAEMON = """\
The daemon answers on a Unix socket that only its own user and root can open. It runs in the foreground and logs to
standard error, or to the file that the setting `log.file` names; `triforce daemon start` runs it in the background.

SIGTERM and SIGINT let it drain: it takes no new connections, gives open answers `daemon.drain_seconds` to end, and
stops. A second signal ends them at once.

Each setting is taken from the first of these that names it: `--set`, an environment variable, the configuration file,
the default."""

DAEMON_STATUS = {
    0: "Stopped as it was told to.",
    1: "Something failed; the message says what.",
    69: "Another daemon already answers on the socket.",
    78: "A setting, or the place of the socket, cannot be used; the message says which, and where it was set.",
}
