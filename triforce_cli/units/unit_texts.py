"""What systemd is told of the daemon: the units of a machine's daemon, and that of a user's."""

#: By this line it is known whose the files are.
MARK = "# Written by triforce."

_FAILURES = """\
Restart=on-failure
RestartSec=2
# Another daemon is there already, or the settings are wrong: that does not mend itself.
RestartPreventExitStatus=69 78
# It was told to start anew.
RestartForceExitStatus=85
SuccessExitStatus=85"""

#: What no daemon of ours needs, and what can be taken from it without being root.
_LESS = """\
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native"""

_ITS_OWN = """\
User=triforce
Group=triforce
ConfigurationDirectory=triforce
ConfigurationDirectoryMode=0755
StateDirectory=triforce
StateDirectoryMode=0700
RuntimeDirectory=triforce
RuntimeDirectoryMode=0750
# The socket stands in it, and is systemd's.
RuntimeDirectoryPreserve=yes
# The key of the vault, where /etc/credstore.encrypted holds one; without, the vault keeps its key beside itself.
LoadCredentialEncrypted=triforce-vault-key"""

#: The machine's daemon can do without much more.
_STRICT = """\
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
# Else the kernel could not tell it who is at the other end of its socket.
PrivateUsers=no
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# What its limits for child processes need.
SystemCallFilter=setrlimit prlimit64
SystemCallErrorNumber=EPERM"""


def user_service(program: str) -> str:
    """The service of one user, which runs as long as he is logged in, or for ever where he lingers."""
    return f"""\
{MARK}
[Unit]
Description=triforce: language models, tools and machines behind one daemon
Documentation=man:triforced(1)

[Service]
Type=notify
ExecStart={program}
ExecReload=kill -HUP $MAINPID
WatchdogSec=60
TimeoutStartSec=60
TimeoutStopSec=60
{_FAILURES}
LimitNOFILE=65536

{_LESS}

[Install]
WantedBy=default.target
"""


def system_service(program: str) -> str:
    """The service of the machine, as a user of its own."""
    return f"""\
{MARK}
[Unit]
Description=triforce: language models, tools and machines behind one daemon
Documentation=man:triforced(1)
Requires=triforced.socket
After=triforced.socket triforced-https.socket network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart={program}
ExecReload=kill -HUP $MAINPID
WatchdogSec=60
TimeoutStartSec=60
TimeoutStopSec=60
{_FAILURES}
LimitNOFILE=65536

{_ITS_OWN}

{_LESS}
{_STRICT}

[Install]
WantedBy=multi-user.target
Also=triforced.socket
"""


def socket_unit() -> str:
    """The Unix socket, which the kernel opens to the group alone."""
    return f"""\
{MARK}
[Unit]
Description=triforce, for the users of this machine

[Socket]
ListenStream=/run/triforce/triforced.sock
FileDescriptorName=socket
SocketUser=triforce
SocketGroup=triforce
SocketMode=0660
DirectoryMode=0750
Backlog=2048
Service=triforced.service

[Install]
WantedBy=sockets.target
"""


def https_socket_unit() -> str:
    """Port 443, which systemd binds, for the daemon has no right to."""
    return f"""\
{MARK}
[Unit]
Description=triforce, for other machines

[Socket]
ListenStream=443
FileDescriptorName=https
Backlog=2048
Service=triforced.service

[Install]
WantedBy=sockets.target
"""


def sysusers() -> str:
    """The user as whom it runs; who is in his group may open its socket."""
    return f"""\
{MARK}
u triforce - "triforce" /var/lib/triforce
"""


def tmpfiles() -> str:
    """The folder of its socket, which is there before the daemon is."""
    return f"""\
{MARK}
d /run/triforce 0750 triforce triforce
"""
