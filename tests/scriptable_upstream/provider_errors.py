"""Errors in the shape and in the words of each provider."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]

#: Which error a status is, where nobody says it.
BY_STATUS = {
    400: "invalid",
    401: "key",
    402: "credit",
    403: "permission",
    404: "model",
    408: "timeout",
    409: "conflict",
    410: "gone",
    413: "too_large",
    422: "invalid",
    429: "rate",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}
#: All that `error=` can name, with the words that most providers find for it.
KINDS = {
    "invalid": "Invalid value for a field of the request.",
    "unknown": "Unknown parameter.",
    "unsupported": "Unsupported parameter.",
    "key": "Incorrect API key provided. You can find your API key in your account.",
    "no_key": "You didn't provide an API key.",
    "credit": "Insufficient credits. Add more to go on.",
    "permission": "You are not allowed to use this model.",
    "model": "The model does not exist or you do not have access to it.",
    "route": "Unknown request URL. Please check the URL for typos.",
    "timeout": "The request timed out.",
    "conflict": "The resource is being used by another request.",
    "gone": "This model has been shut down.",
    "too_large": "Request exceeds the maximum size",
    "context": "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
    " Please reduce the length of the messages.",
    "content": "The request was rejected as a result of our safety system.",
    "tools": "Invalid 'tools': array too long. Expected an array with maximum length 128.",
    "rate": "Rate limit reached. Please try again in 2s.",
    "quota": "You exceeded your current quota, please check your plan and billing details.",
    "overloaded": "The engine is currently overloaded, please try again later.",
    "server": "The server had an error while processing your request. Sorry about that!",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: `kind` is a key of KINDS, `message` what stands instead of its usual words."""

    status: int
    kind: str
    message: str | None = None
    param: str | None = None
    request: str = ""
    retry_after: str | None = None

    @property
    def words(self) -> str:
        return self.message or KINDS[self.kind]


def problem_of(status: int, kind: str | None = None, **more: Any) -> Problem:
    return Problem(status, kind if kind in KINDS else BY_STATUS.get(status, "server"), **more)


OPENAI_TYPES = {
    "rate": ("requests", "rate_limit_exceeded"),
    "quota": ("insufficient_quota", "insufficient_quota"),
    "credit": ("insufficient_quota", "insufficient_quota"),
    "overloaded": ("server_error", None),
    "server": ("server_error", None),
    "timeout": ("server_error", None),
    "key": ("invalid_request_error", "invalid_api_key"),
    "model": ("invalid_request_error", "model_not_found"),
    "context": ("invalid_request_error", "context_length_exceeded"),
    "content": ("invalid_request_error", "content_policy_violation"),
    "tools": ("invalid_request_error", "array_above_max_length"),
    "permission": ("insufficient_permissions", None),
    "unknown": ("invalid_request_error", "unknown_parameter"),
    "unsupported": ("invalid_request_error", "unsupported_parameter"),
}


def openai(problem: Problem) -> Fields:
    kind, code = OPENAI_TYPES.get(problem.kind, ("invalid_request_error", None))
    param = problem.param or {"context": "messages", "tools": "tools"}.get(problem.kind)
    return {"error": {"message": problem.words, "type": kind, "param": param, "code": code}}


def groq(problem: Problem) -> Fields:
    words = "Invalid API Key" if problem.kind in ("key", "no_key") else problem.words
    kind, code = OPENAI_TYPES.get(problem.kind, ("invalid_request_error", None))
    error = {"message": words, "type": "tokens" if problem.kind == "rate" else kind}
    return {"error": error | ({"code": code} if code else {})}


CEREBRAS = {
    "key": ("Wrong API Key", "invalid_request_error", "api_key", "wrong_api_key"),
    "no_key": ("Wrong API Key", "invalid_request_error", "api_key", "wrong_api_key"),
    "rate": (
        "Requests per minute limit exceeded - too many requests sent.",
        "too_many_requests_error",
        "quota",
        "request_quota_exceeded",
    ),
    "overloaded": ("We're experiencing high traffic right now!", "too_many_requests_error", "queue", "queue_exceeded"),
    "model": ("Model does not exist or you do not have access to it.", "not_found_error", "model", "model_not_found"),
    "unknown": ("", "invalid_request_error", "validation_error", "wrong_api_format"),
}


def cerebras(problem: Problem) -> Fields:
    """Without a wrapping `error`."""
    kind, code = OPENAI_TYPES.get(problem.kind, ("invalid_request_error", None))
    default = (problem.words, kind, problem.param, code)
    words, kind, param, code = CEREBRAS.get(problem.kind, default)
    return {"message": problem.message or words or problem.words, "type": kind, "param": param, "code": code}


MISTRAL = {
    "rate": ("rate_limited", "1300"),
    "quota": ("service_tier_capacity_exceeded", "3505"),
    "model": ("invalid_model", "1500"),
    "context": ("invalid_request_prompt", "3051"),
    "server": ("internal_server_error", "1000"),
    "overloaded": ("service_unavailable", "3700"),
}


def mistral(problem: Problem) -> Fields:
    if problem.status == 401:
        # The same for a wrong key and for one whose quota is used up.
        return {"detail": "Unauthorized"}
    if problem.status == 422:
        where = ["body", *(problem.param or "messages").split(".")]
        detail = {"type": "extra_forbidden", "loc": where, "msg": problem.words, "input": None}
        error = {"message": {"detail": [detail]}, "type": "invalid_request_error", "param": None, "code": None}
        return {"object": "error", **error}
    kind, code = MISTRAL.get(problem.kind, ("invalid_request_error", "3000"))
    return {"object": "error", "message": problem.words, "type": kind, "param": problem.param, "code": code}


def openrouter(problem: Problem) -> Fields:
    words = {"key": "User not found.", "no_key": "No auth credentials found"}.get(problem.kind, problem.words)
    error: Fields = {"message": problem.message or words, "code": problem.status}
    if problem.status in (429, 502, 503):
        error["metadata"] = {"raw": problem.words, "provider_name": "OpenAI"}
    return {"error": error, "user_id": "user_2abcdef"} if problem.status != 401 else {"error": error}


def github(problem: Problem) -> Fields:
    code = {"key": "unauthorized", "no_key": "unauthorized", "rate": "RateLimitReached", "model": "unknown_model"}
    said = code.get(problem.kind, "BadRequest")
    return {"error": {"code": said, "message": problem.words, "details": problem.words}}


def github_gone() -> Fields:
    """Since 2026-07-30 on every route. It still says that this will pass; it will not."""
    words = "GitHub Models is temporarily unavailable as part of a scheduled retirement brownout."
    return {"error": {"code": "github_models_retirement_brownout", "message": words}}


CLOUDFLARE = {"key": 10000, "no_key": 10000, "model": 5007, "rate": 3036, "overloaded": 3040, "context": 5021}


def cloudflare(problem: Problem) -> Fields:
    words = "Authentication error" if problem.status == 401 else f"AiError: {problem.words}"
    error = {"code": CLOUDFLARE.get(problem.kind, 5006), "message": words}
    return {"success": False, "errors": [error], "messages": [], "result": None}


ANTHROPIC = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    503: "overloaded_error",
    529: "overloaded_error",
}
ANTHROPIC_WORDS = {
    "key": "invalid x-api-key",
    "no_key": "x-api-key header is required",
    "context": "prompt is too long: 213456 tokens > 200000 maximum",
    "overloaded": "Overloaded",
    "credit": "Your credit balance is too low to access the Anthropic API.",
    "rate": "This request would exceed your organization's rate limit of 50 requests per minute.",
    "server": "Internal server error",
}


def anthropic(problem: Problem) -> Fields:
    kind = ANTHROPIC.get(problem.status, "invalid_request_error" if problem.status < 500 else "api_error")
    words = problem.message or ANTHROPIC_WORDS.get(problem.kind, problem.words)
    return {"type": "error", "error": {"type": kind, "message": words}, "request_id": f"req_01{problem.request}"}


GOOGLE = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
GOOGLE_WORDS = {
    "key": "API key not valid. Please pass a valid API key.",
    "no_key": "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or"
    " other form of API consumer identity to call this API.",
    "context": "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    "overloaded": "The model is overloaded. Please try again later.",
    "rate": "You exceeded your current quota, please check your plan and billing details.",
    "server": "An internal error has occurred. Please retry.",
}


def gemini(problem: Problem) -> Fields:
    words = problem.message or GOOGLE_WORDS.get(problem.kind, problem.words)
    error: Fields = {"code": problem.status, "message": words, "status": GOOGLE.get(problem.status, "INTERNAL")}
    details = _google_details(problem)
    return {"error": error | {"details": details} if details else error}


def _google_details(problem: Problem) -> list[Fields]:
    if problem.kind == "key":
        reason = {"reason": "API_KEY_INVALID", "domain": "googleapis.com"}
        service = {"metadata": {"service": "generativelanguage.googleapis.com"}}
        return [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **reason, **service}]
    if problem.retry_after and problem.retry_after.isdigit():
        return [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{problem.retry_after}s"}]
    return []


def ollama(problem: Problem) -> Fields:
    return {"error": "unauthorized" if problem.status == 401 else problem.words}


Shape = Callable[[Problem], Fields]
