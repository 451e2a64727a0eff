"""Every way in which the daemon says no.

TriforceError
├── Unauthenticated           401 unauthenticated
│   └── ClockWrong            401 clock_wrong
├── LimitReached              429 limit_reached
│   ├── TooManyRequests       429 too_many_requests
│   ├── TooManyParallel       429 too_many_parallel
│   ├── TokensUsedUp          429 tokens_used_up
│   └── SpendReached          429 spend_reached
├── TooManyAttempts           429 too_many_attempts
├── PriceUnknown              403 price_unknown
├── SourceUnreadable          422 source_unreadable
├── ApprovalDenied            403 approval_denied
├── TurnLimitReached          409 turn_limit_reached
├── RobotsRefused             403 robots_refused
├── PageUnreadable            502 page_unreadable
├── InvalidRequest            400 invalid_request
│   ├── InvalidJson           400 invalid_json
│   ├── EmptyPrompt           400 empty_prompt
│   ├── ContextExceeded       400 context_length_exceeded
│   ├── InvalidArguments      400 invalid_arguments
│   └── KeyMalformed          400 key_malformed
├── Forbidden                 403 forbidden
│   ├── TierTooLow            403 tier_too_low
│   ├── ApprovalNeeded        403 approval_needed
│   └── PathRefused           403 path_refused
├── NotFound                  404 not_found
│   ├── ModelNotFound         404 model_not_found
│   ├── SessionNotFound       404 session_not_found
│   ├── ResponseNotFound      404 response_not_found
│   ├── FileMissing           404 file_not_found
│   ├── JobNotFound           404 job_not_found
│   ├── AgentNotFound         404 agent_not_found
│   ├── PromptNotFound        404 prompt_not_found
│   ├── ProviderNotFound      404 provider_not_found
│   ├── ToolNotFound          404 tool_not_found
│   ├── ApprovalNotFound      404 approval_not_found
│   └── KeyNotFound           404 key_not_found
├── MethodNotAllowed          405 method_not_allowed
├── Conflict                  409 conflict
│   ├── AmbiguousId           409 ambiguous_id
│   ├── FileChanged           409 file_changed
│   └── CertificateExists     409 certificate_exists
├── RequestTimeout            408 request_timeout
├── PayloadTooLarge           413 payload_too_large
├── UnsupportedEncoding       415 unsupported_encoding
├── HeadTooLarge              431 head_too_large
├── InternalError             500 internal_error
├── UpstreamLimited           429 rate_limited
├── UpstreamFailed            502 upstream_failed
│   ├── AddressRefused        502 address_refused
│   ├── KeyRejected           502 upstream_key_rejected
│   └── CredentialsExhausted  502 upstream_credentials_exhausted
├── ProviderUnavailable       503 provider_unavailable
│   ├── KeyMissing            503 upstream_key_missing
│   ├── ModelFetchFailed      503 model_fetch_failed
│   └── ModelFileInvalid      503 model_file_invalid
├── AnswerInvalid             502 answer_invalid
├── ToolFailed                502 tool_failed
├── ToolUnavailable           503 tool_unavailable
├── VaultUnavailable          503 vault_unavailable
├── SandboxUnavailable        503 sandbox_unavailable
├── Draining                  503 draining
├── TooManyConnections        503 too_many_connections
├── UpstreamTimeout           504 upstream_timeout
├── StorageFailed             507 storage_failed
└── ConfigurationInvalid      409 configuration_invalid
"""

from triforce_daemon.caller_errors import ClockWrong as ClockWrong
from triforce_daemon.caller_errors import Unauthenticated as Unauthenticated
from triforce_daemon.limit_errors import LimitReached as LimitReached
from triforce_daemon.limit_errors import PriceUnknown as PriceUnknown
from triforce_daemon.limit_errors import SpendReached as SpendReached
from triforce_daemon.limit_errors import TokensUsedUp as TokensUsedUp
from triforce_daemon.limit_errors import TooManyAttempts as TooManyAttempts
from triforce_daemon.limit_errors import TooManyParallel as TooManyParallel
from triforce_daemon.limit_errors import TooManyRequests as TooManyRequests
from triforce_daemon.readable_error import TriforceError
from triforce_daemon.source_errors import SourceUnreadable as SourceUnreadable
from triforce_daemon.turn_errors import ApprovalDenied as ApprovalDenied
from triforce_daemon.turn_errors import TurnLimitReached as TurnLimitReached
from triforce_daemon.web_errors import PageUnreadable as PageUnreadable
from triforce_daemon.web_errors import RobotsRefused as RobotsRefused
from triforce_daemon.wire.errors import ErrorBody


class InvalidRequest(TriforceError):
    """The request, or one of its values, makes no sense."""

    code, status = "invalid_request", 400


class InvalidJson(InvalidRequest):
    """The body is not the JSON that was asked for."""

    code = "invalid_json"


class EmptyPrompt(InvalidRequest):
    """There is nothing to answer."""

    code = "empty_prompt"


class ContextExceeded(InvalidRequest):
    """The conversation is longer than the model can hold."""

    code = "context_length_exceeded"


class InvalidArguments(InvalidRequest):
    """What a tool was called with does not fit its input schema."""

    code = "invalid_arguments"


class KeyMalformed(InvalidRequest):
    """What was given as a provider's key, or as the name of one, cannot be one."""

    code = "key_malformed"


class Forbidden(TriforceError):
    """The caller is known, and may not do this."""

    code, status = "forbidden", 403
    audited = True


class TierTooLow(Forbidden):
    """The caller's tier does not hold this model or tool; the hint names the one that does."""

    code = "tier_too_low"


class ApprovalNeeded(Forbidden):
    """Somebody else has to agree to this call of a tool; `approval` is what he answers."""

    code = "approval_needed"

    def __init__(self, message: str, hint: str | None = None, *, approval: str) -> None:
        super().__init__(message, hint)
        self.approval = approval

    def body(self, request_id: str | None = None) -> ErrorBody:
        return {**super().body(request_id), "approval": self.approval}


class PathRefused(Forbidden):
    """The path leads out of the caller's workspaces, or to what is no ordinary file, or to the daemon's own."""

    code = "path_refused"


class NotFound(TriforceError):
    """There is nothing at this address or under this name."""

    code, status = "not_found", 404


class ModelNotFound(NotFound):
    """No model has this name; `near` holds names that look like it."""

    code = "model_not_found"


class SessionNotFound(NotFound):
    """No conversation has this id."""

    code = "session_not_found"


class ResponseNotFound(NotFound):
    """No answer is stored under this id, or none any more."""

    code = "response_not_found"


class FileMissing(NotFound):
    """The workspace has no such file, or no such version of one any more."""

    code = "file_not_found"


class JobNotFound(NotFound):
    """The caller has no job of this id."""

    code = "job_not_found"


class AgentNotFound(NotFound):
    """No agent has this name."""

    code = "agent_not_found"


class PromptNotFound(NotFound):
    """The caller keeps no prompt under this name, or not in this version; `near` holds names that look like it."""

    code = "prompt_not_found"


class ProviderNotFound(NotFound):
    """No provider has this name; `near` holds names that look like it."""

    code = "provider_not_found"


class ToolNotFound(NotFound):
    """No tool has this name; `near` holds names that look like it."""

    code = "tool_not_found"


class ApprovalNotFound(NotFound):
    """No approval has this id, or none that the caller may see."""

    code = "approval_not_found"


class KeyNotFound(NotFound):
    """The vault holds no such key of that provider."""

    code = "key_not_found"


class MethodNotAllowed(TriforceError):
    """The address exists, but not for this HTTP method."""

    code, status = "method_not_allowed", 405


class Conflict(TriforceError):
    """It cannot be done in the state that things are in."""

    code, status = "conflict", 409


class AmbiguousId(Conflict):
    """The beginning of an id fits several."""

    code = "ambiguous_id"


class FileChanged(Conflict):
    """The file is there already, or is not what the caller takes it for: somebody has changed it meanwhile."""

    code = "file_changed"


class CertificateExists(Conflict):
    """There is a certificate already where a new one was to be written."""

    code = "certificate_exists"


class RequestTimeout(TriforceError):
    """The request came too slowly over the network, or did not end."""

    code, status = "request_timeout", 408


class PayloadTooLarge(TriforceError):
    """The request is larger than `daemon.max_body_bytes`, or made of too many values."""

    code, status = "payload_too_large", 413


class UnsupportedEncoding(TriforceError):
    """The request's body is compressed, which no route takes."""

    code, status = "unsupported_encoding", 415


class HeadTooLarge(TriforceError):
    """The request has too many headers, or too long ones."""

    code, status = "head_too_large", 431


class InternalError(TriforceError):
    """A bug in triforce; the log has the details, under the request's id."""


class UpstreamLimited(TriforceError):
    """The provider takes no more requests for now, from this key or from anyone."""

    code, status = "rate_limited", 429


class UpstreamFailed(TriforceError):
    """The provider answered with an error, or broke off."""

    code, status = "upstream_failed", 502


class AddressRefused(UpstreamFailed):
    """The name leads to an address that is not asked: this machine's own network, or where clouds keep secrets."""

    code = "address_refused"


class KeyRejected(UpstreamFailed):
    """The provider does not accept the daemon's key; the client's own is not meant, so this is never a 401."""

    code = "upstream_key_rejected"


class CredentialsExhausted(UpstreamFailed):
    """Every key that the daemon has for the provider was turned down."""

    code = "upstream_credentials_exhausted"


class ProviderUnavailable(TriforceError):
    """The provider cannot answer at this time."""

    code, status = "provider_unavailable", 503


class KeyMissing(ProviderUnavailable):
    """The provider asks for a key, and the daemon has none."""

    code = "upstream_key_missing"


class ModelFetchFailed(ProviderUnavailable):
    """The model's file could not be fetched."""

    code = "model_fetch_failed"


class ModelFileInvalid(ProviderUnavailable):
    """The model's file is damaged, or of a kind that cannot be run."""

    code = "model_file_invalid"


class AnswerInvalid(TriforceError):
    """The model's answer does not have the form that was asked for."""

    code, status = "answer_invalid", 502


class ToolFailed(TriforceError):
    """The tool did not succeed, and says why."""

    code, status = "tool_failed", 502


class ToolUnavailable(TriforceError):
    """The tool needs something that is not here; the hint says what to do about it."""

    code, status = "tool_unavailable", 503


class VaultUnavailable(TriforceError):
    """The vault with the providers' keys cannot be opened: its own key is out of reach, or the file is not whole."""

    code, status = "vault_unavailable", 503


class SandboxUnavailable(TriforceError):
    """Code cannot be run: nothing on this machine could confine it."""

    code, status = "sandbox_unavailable", 503


class Draining(TriforceError):
    """The daemon is shutting down."""

    code, status = "draining", 503


class TooManyConnections(TriforceError):
    """The listener has as many connections as its settings allow, in all or from one address."""

    code, status = "too_many_connections", 503


class UpstreamTimeout(TriforceError):
    """The provider took longer than the settings allow."""

    code, status = "upstream_timeout", 504


class StorageFailed(TriforceError):
    """The disk is full or read-only, or the database is damaged."""

    code, status = "storage_failed", 507


class ConfigurationInvalid(TriforceError):
    """A setting is unknown or has a value that it cannot have."""

    code, status = "configuration_invalid", 409
