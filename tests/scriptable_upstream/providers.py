"""The upstreams that are played: under which path, with which credentials, errors and headers."""

from dataclasses import dataclass
from typing import Any, Literal

from tests.scriptable_upstream import provider_errors as errors
from tests.scriptable_upstream.answers import JSON, Answer, Headers
from tests.scriptable_upstream.json_writer import COMPACT, GOOGLE_PRETTY, PRETTY, Style
from tests.scriptable_upstream.provider_errors import Problem, Shape
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires import chat_manners as manners
from tests.scriptable_upstream.wires.openai_chat import OpenAIChat

Credential = Literal["bearer", "x-api-key", "x-goog-api-key", "any"]


@dataclass(frozen=True, slots=True)
class Provider:
    """`base` is the path of its base URL here; what follows it is as at the provider itself.

    `refused` and `unasked`: the status for a wrong key, and for none.
    """

    name: str
    base: str
    credential: Credential
    shape: Shape
    chat: OpenAIChat | None = None
    style: Style = COMPACT
    refused: int = 401
    unasked: int = 401
    headers: Headers = ()

    def answer(self, value: Any, stamp: Stamp, status: int = 200) -> Answer:
        """A whole answer of this provider that is no generated text."""
        return self.whole(self.style.write(value), stamp, status)

    def whole(self, body: bytes, stamp: Stamp, status: int = 200) -> Answer:
        return Answer(status, (("Content-Type", JSON), *self.told(stamp)), (body,))

    def told(self, stamp: Stamp) -> Headers:
        """The headers of every answer."""
        return tuple((name, value.replace("{serial}", stamp.serial)) for name, value in self.headers)

    def error(self, problem: Problem, stamp: Stamp, more: Headers = ()) -> Answer:
        body = self.style.write(self.shape(problem))
        return Answer(problem.status, (("Content-Type", JSON), *self.told(stamp), *more), (body,))


RATE_LIMITS: Headers = (
    ("x-ratelimit-limit-requests", "10000"),
    ("x-ratelimit-limit-tokens", "30000000"),
    ("x-ratelimit-remaining-requests", "9999"),
    ("x-ratelimit-remaining-tokens", "29999971"),
    ("x-ratelimit-reset-requests", "6ms"),
    ("x-ratelimit-reset-tokens", "0s"),
)
OPENAI: Headers = (
    ("openai-processing-ms", "412"),
    ("openai-version", "2020-10-01"),
    ("x-request-id", "req_{serial}"),
    *RATE_LIMITS,
)
ANTHROPIC: Headers = (
    ("request-id", "req_01{serial}"),
    ("anthropic-organization-id", "2d1f0b7e-0000-4000-8000-000000000000"),
    ("anthropic-ratelimit-requests-limit", "50"),
    ("anthropic-ratelimit-requests-remaining", "49"),
    ("anthropic-ratelimit-requests-reset", "2026-01-01T00:00:00Z"),
)

_ROWS = (
    Provider("openai", "/openai/v1", "bearer", errors.openai, OpenAIChat(), PRETTY, headers=OPENAI),
    Provider("compatible", "/compatible/v1", "bearer", errors.openai, manners.Compatible()),
    Provider("anthropic", "/anthropic/v1", "x-api-key", errors.anthropic, headers=ANTHROPIC),
    # A wrong key is a bad request here, a missing one is forbidden.
    Provider(
        "gemini", "/gemini/v1beta", "x-goog-api-key", errors.gemini, style=GOOGLE_PRETTY, refused=400, unasked=403
    ),
    Provider(
        "groq",
        "/groq/openai/v1",
        "bearer",
        errors.groq,
        manners.Groq(),
        headers=(("x-groq-region", "fra"), ("x-request-id", "req_01{serial}"), *RATE_LIMITS),
    ),
    Provider("cerebras", "/cerebras/v1", "bearer", errors.cerebras, manners.Cerebras()),
    Provider("mistral", "/mistral/v1", "bearer", errors.mistral, manners.Mistral()),
    Provider("openrouter", "/openrouter/api/v1", "bearer", errors.openrouter, manners.OpenRouter()),
    Provider("github", "/github/inference", "bearer", errors.github, manners.GitHub()),
    Provider(
        "cloudflare",
        "/cloudflare/client/v4/accounts/{account}/ai/v1",
        "bearer",
        errors.cloudflare,
        manners.Cloudflare(),
        headers=(("cf-ai-req-id", "{serial}"),),
    ),
    Provider("ollama", "/ollama", "any", errors.ollama),
)

PROVIDERS = {provider.name: provider for provider in _ROWS}
