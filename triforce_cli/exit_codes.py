"""What the exit status of `triforce` says, and which error leads to which status: the only place."""

DONE = 0
FAILED = 1
USAGE = 2
NOT_RUNNING = 3
LOGIN = 4
NOT_FOUND = 5
REFUSED = 6
BAD_DATA = 65
UNAVAILABLE = 69
BUG = 70
TRY_LATER = 75
PROTOCOL = 76
NO_PERMISSION = 77
BAD_CONFIGURATION = 78
TIMED_OUT = 124
INTERRUPTED = 130

MEANINGS = {
    DONE: "done",
    FAILED: "failed, or what was asked about is false (`doctor` found an error)",
    USAGE: "wrong usage",
    NOT_RUNNING: "the daemon is not running (`daemon status` only)",
    LOGIN: "a log-in or a key is needed, or was refused",
    NOT_FOUND: "not found, or the beginning of an id that fits several",
    REFUSED: "not approved: nobody could be asked and --yes was not given",
    BAD_DATA: "the input, or the model's output, does not fit",
    UNAVAILABLE: "the daemon or the provider cannot be reached",
    BUG: "a bug in triforce; the message names a report",
    TRY_LATER: "over a limit, try again later",
    PROTOCOL: "another version of the protocol, or another certificate, than the one that is known",
    NO_PERMISSION: "no permission",
    BAD_CONFIGURATION: "the configuration is wrong",
    TIMED_OUT: "the time given by --timeout ran out",
    INTERRUPTED: "interrupted",
}

#: A script may run the same command again after these.
RETRYABLE = (UNAVAILABLE, TRY_LATER, TIMED_OUT)

_OF_CODE = {
    # what the daemon says
    "invalid_request": USAGE,
    "invalid_json": BAD_DATA,
    "empty_prompt": USAGE,
    "context_length_exceeded": BAD_DATA,
    "key_malformed": BAD_DATA,
    "invalid_arguments": USAGE,
    "request_timeout": TRY_LATER,
    "payload_too_large": BAD_DATA,
    "unsupported_encoding": BAD_DATA,
    "source_unreadable": BAD_DATA,
    "head_too_large": BAD_DATA,
    "unauthenticated": LOGIN,
    "clock_wrong": LOGIN,
    "forbidden": NO_PERMISSION,
    "tier_too_low": NO_PERMISSION,
    "approval_needed": REFUSED,
    "approval_denied": REFUSED,
    "turn_limit_reached": FAILED,
    "path_refused": NO_PERMISSION,
    "price_unknown": NO_PERMISSION,
    "not_found": NOT_FOUND,
    "model_not_found": NOT_FOUND,
    "session_not_found": NOT_FOUND,
    "response_not_found": NOT_FOUND,
    "file_not_found": NOT_FOUND,
    "job_not_found": NOT_FOUND,
    "agent_not_found": NOT_FOUND,
    "prompt_not_found": NOT_FOUND,
    "provider_not_found": NOT_FOUND,
    "tool_not_found": NOT_FOUND,
    "approval_not_found": NOT_FOUND,
    "key_not_found": NOT_FOUND,
    "method_not_allowed": PROTOCOL,
    "conflict": FAILED,
    "ambiguous_id": NOT_FOUND,
    "file_changed": FAILED,
    "certificate_exists": REFUSED,
    "internal_error": BUG,
    "upstream_failed": UNAVAILABLE,
    "address_refused": UNAVAILABLE,
    "robots_refused": NO_PERMISSION,
    "page_unreadable": BAD_DATA,
    "upstream_key_rejected": LOGIN,
    "upstream_credentials_exhausted": LOGIN,
    "upstream_key_missing": LOGIN,
    "limit_reached": TRY_LATER,
    "too_many_requests": TRY_LATER,
    "too_many_parallel": TRY_LATER,
    "tokens_used_up": TRY_LATER,
    "spend_reached": TRY_LATER,
    "rate_limited": TRY_LATER,
    "too_many_attempts": TRY_LATER,
    "provider_unavailable": UNAVAILABLE,
    "model_fetch_failed": UNAVAILABLE,
    "model_file_invalid": BAD_DATA,
    "tool_failed": FAILED,
    "tool_unavailable": UNAVAILABLE,
    "vault_unavailable": FAILED,
    "sandbox_unavailable": UNAVAILABLE,
    "draining": UNAVAILABLE,
    "too_many_connections": TRY_LATER,
    "upstream_timeout": TIMED_OUT,
    "storage_failed": FAILED,
    "configuration_invalid": BAD_CONFIGURATION,
    "socket_refused": BAD_CONFIGURATION,
    "port_refused": BAD_CONFIGURATION,
    "certificate_refused": BAD_CONFIGURATION,
    "already_running": UNAVAILABLE,
    # what the command line finds out for itself
    "failed": FAILED,
    "usage": USAGE,
    "unknown_field": USAGE,
    "unreadable_file": USAGE,
    "input_invalid": BAD_DATA,
    "answer_invalid": BAD_DATA,
    "not_approved": REFUSED,
    "output_failed": FAILED,
    "daemon_not_running": UNAVAILABLE,
    "local_only": USAGE,
    "context_not_found": NOT_FOUND,
    "daemon_unreachable": UNAVAILABLE,
    "daemon_went_away": UNAVAILABLE,
    "daemon_did_not_start": UNAVAILABLE,
    "protocol_mismatch": PROTOCOL,
    "certificate_rejected": PROTOCOL,
    "issuer_unknown": PROTOCOL,
    "certificate_changed": PROTOCOL,
    "no_permission": NO_PERMISSION,
    "socket_path_invalid": BAD_CONFIGURATION,
    "contexts_invalid": BAD_CONFIGURATION,
    "token_not_kept": FAILED,
    "timeout": TIMED_OUT,
    "interrupted": INTERRUPTED,
    "bug": BUG,
}

# Of codes that only a newer daemon knows.
_OF_HTTP_STATUS = {
    400: USAGE,
    401: LOGIN,
    403: NO_PERMISSION,
    404: NOT_FOUND,
    413: BAD_DATA,
    422: BAD_DATA,
    429: TRY_LATER,
    502: UNAVAILABLE,
    503: UNAVAILABLE,
    504: TIMED_OUT,
}


def exit_status(code: str, http_status: int | None = None) -> int:
    """The exit status for an error code; of an unknown code, what the HTTP status suggests, else 1."""
    known = _OF_CODE.get(code)
    if known is not None:
        return known
    return _OF_HTTP_STATUS.get(http_status or 0, FAILED)


def is_known(code: str) -> bool:
    """Whether the table has a line for this error code."""
    return code in _OF_CODE
