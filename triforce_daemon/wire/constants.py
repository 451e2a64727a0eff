"""Words both programs must spell alike. Standard library only, and none of it imported."""

VERSION = "0.1.0"

#: Raised when a client and a daemon of different releases can no longer understand each other.
PROTOCOL = 1
PROTOCOL_HEADER = "x-triforce-protocol"
REQUEST_ID_HEADER = "x-triforce-request-id"
ROUTE_HEADER = "x-triforce-route"
#: How far a prompt may travel, said by its client: machine, own-nodes, mesh or any.
BOUNDARY_HEADER = "x-triforce-boundary"
#: How many requests it took: keys, retries and candidates counted together.
ATTEMPTS_HEADER = "x-triforce-attempts"
#: `1`: the answer is where the request would go and what it might cost; nothing is sent.
DRY_RUN_HEADER = "x-triforce-dry-run"
#: In a request: how old, in seconds, an answer may be that is used again. In an answer: made, joined or hit.
CACHE_HEADER = "x-triforce-cache"
#: `1`: where a stream is cut, the next candidate of the alias goes on with it; the seam is marked.
CONTINUE_HEADER = "x-triforce-continue"
#: What the upstream's dialect cannot say of a request, and was therefore left out.
DROPPED_HEADER = "x-triforce-dropped"
#: The number in the body is a guess of the daemon's, for want of one from the provider.
ESTIMATED_HEADER = "x-triforce-estimated"

#: Linux keeps 108 bytes for the address of a Unix socket, one of them the closing zero (unix(7)).
SOCKET_PATH_LIMIT = 107

#: A session id that does not exist yet: the turn that is sent to it creates the session.
NEW_SESSION = "new"

#: The model that is used when nobody names one; an alias, never a model of its own.
DEFAULT_ALIAS = "default"

#: Environment names that only the command line reads; the daemon does not take them for settings.
CLI_ENVIRONMENT = ("TRIFORCE_SOCKET", "TRIFORCE_CONFIG", "TRIFORCE_CONTEXT", "TRIFORCE_DEBUG", "TRIFORCE_MODEL")
