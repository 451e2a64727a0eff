"""Every reason for which the daemon does not start, though its settings are right in themselves; never sent.

ConfigurationInvalid
├── SocketRefused
│   └── AlreadyRunning
├── PortRefused
└── CertificateRefused
"""

from triforce_daemon.errors import ConfigurationInvalid


class SocketRefused(ConfigurationInvalid):
    """The daemon cannot have its socket: the place is taken, foreign, or its path too long."""

    code = "socket_refused"


class AlreadyRunning(SocketRefused):
    """Another daemon answers on the socket."""

    code = "already_running"


class PortRefused(ConfigurationInvalid):
    """The daemon cannot have the port of a listener: another program has it, or it is not for everybody."""

    code = "port_refused"


class CertificateRefused(ConfigurationInvalid):
    """The certificate of the https listener, or its key, cannot be used, or is not safe where it is."""

    code = "certificate_refused"
