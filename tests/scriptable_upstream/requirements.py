"""What each provider refuses with a 400 or 422 of its own: the mistakes that a gateway between formats can make."""

import re
from collections.abc import Callable, Iterator, Set

from tests.scriptable_upstream import accepted_fields as accepted
from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.json_values import Fields, as_list, as_object, objects
from tests.scriptable_upstream.provider_errors import Problem
from tests.scriptable_upstream.routes import Kind, Route

MOST_TOOLS = {"openai": 128, "groq": 128}
#: OpenAI's models that reason: they want `max_completion_tokens`.
REASONING = re.compile(r"^(o\d|gpt-5)")
#: Anthropic's models that decide themselves how long they think.
ADAPTIVE = re.compile(r"claude-(opus-4-[78]|(opus|sonnet|fable)-5)")
STRICTER = "2026-10-21"
SAMPLING = ("temperature", "top_p", "top_k")
MISTRAL_ID = re.compile(r"[a-zA-Z0-9]{9}")


def unmet(route: Route, request: Request) -> Problem | None:
    """The first requirement that a request does not meet."""
    check = CHECKS.get(route.kind)
    if check is None:
        return None
    if not request.fields:
        words = "We could not parse the JSON body of your request."
        return Problem(400, "invalid", words)
    return next(check(route, request), None)


def _invalid(words: str, param: str | None = None, kind: str = "invalid", status: int = 400) -> Problem:
    return Problem(status, kind, words, param)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


def _required(body: Fields, *names: str) -> Iterator[Problem]:
    for name in names:
        if body.get(name) in (None, "", []):
            yield _invalid(f"Missing required parameter: '{name}'.", name)


# OpenAI and those who take its format


def _chat(route: Route, request: Request) -> Iterator[Problem]:
    body, name = request.fields, route.provider.name
    yield from _required(body, "model", "messages")
    known = accepted.CHAT.get(name)
    for field in sorted(set(body) - known) if known else ():
        yield _unknown(name, field, body[field])
    if len(as_list(body.get("tools"))) > MOST_TOOLS.get(name, 1 << 20):
        yield Problem(400, "tools")
    if name == "openai" and "max_tokens" in body and REASONING.match(str(body.get("model"))):
        words = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        yield _invalid(words, "max_tokens", "unsupported")
    yield from _chat_messages(name, objects(body.get("messages")))


def _unknown(provider: str, field: str, value: object) -> Problem:
    """A field that this provider does not know."""
    if provider == "mistral":
        return Problem(422, "invalid", "Extra inputs are not permitted", field)
    words = {
        "groq": f"property '{field}' is unsupported",
        "cerebras": f"body.{field}: property 'body.{field}' is unsupported",
    }
    return _invalid(words.get(provider, f"Unknown parameter: '{field}'."), field, "unknown")


def _chat_messages(provider: str, messages: list[Fields]) -> Iterator[Problem]:
    known = accepted.ASSISTANT.get(provider)
    open_calls: list[str] = []
    for place, message in enumerate(messages):
        if message.get("role") == "tool":
            if message.get("tool_call_id") not in open_calls:
                words = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
                yield _invalid(f"Invalid parameter: {words}", f"messages.[{place}].role")
            else:
                open_calls.remove(message["tool_call_id"])
            continue
        yield from _unanswered(open_calls, place)
        open_calls = [str(call.get("id")) for call in objects(message.get("tool_calls"))]
        if provider == "mistral":
            yield from (_mistral_id(id) for id in open_calls if not MISTRAL_ID.fullmatch(id))
        if known and message.get("role") == "assistant":
            yield from (
                _unknown(provider, f"messages.{place}.assistant.{field}", None) for field in set(message) - known
            )
    yield from _unanswered(open_calls, len(messages))


def _unanswered(open_calls: list[str], place: int) -> Iterator[Problem]:
    if open_calls:
        words = "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
        missing = f"The following tool_call_ids did not have response messages: {', '.join(open_calls)}"
        yield _invalid(f"{words} 'tool_call_id'. {missing}", f"messages.[{place}].role")


def _mistral_id(id: str) -> Problem:
    return _invalid(f"Tool call id was {id} but must be a-z, A-Z, 0-9, with a length of 9.")


def _responses(route: Route, request: Request) -> Iterator[Problem]:
    body = request.fields
    yield from _required(body, "model")
    if route.provider.name == "openai":
        yield from (_unknown("openai", field, body[field]) for field in sorted(set(body) - accepted.OPENAI_RESPONSES))
    yield from _responses_items(objects(body.get("input")))


def _responses_items(items: list[Fields]) -> Iterator[Problem]:
    called = [item.get("call_id") for item in items if item.get("type") == "function_call"]
    answered = [item.get("call_id") for item in items if item.get("type") == "function_call_output"]
    for id in answered:
        if id not in called:
            yield _invalid(f"No tool call found for function call output with call_id {id}.", "input")
    for id in called:
        if id not in answered:
            yield _invalid(f"No tool output found for function call {id}.", "input")


# Anthropic


def _messages(route: Route, request: Request) -> Iterator[Problem]:
    body = request.fields
    needed = ("model", "messages") if route.kind == "count_tokens" else ("model", "max_tokens", "messages")
    yield from (_invalid(f"{name}: Field required") for name in needed if body.get(name) in (None, "", []))
    if request.header("anthropic-beta") is None:
        unknown = sorted(set(body) - accepted.ANTHROPIC_MESSAGES)
        yield from (_invalid(f"{field}: Extra inputs are not permitted") for field in unknown)
    if request.header("anthropic-version") == STRICTER:
        yield from _stricter(body)
    if not 0 <= _number(body.get("temperature")) <= 1:
        yield _invalid("temperature: range: 0..1")
    thinking = as_object(body.get("thinking"))
    if thinking.get("type") == "enabled" and ADAPTIVE.match(str(body.get("model"))):
        words = '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive"'
        yield _invalid(f'{words} and "output_config.effort" to control thinking behavior.')
    budget = _number(thinking.get("budget_tokens"))
    if route.kind == "messages" and 0 < _number(body.get("max_tokens")) <= budget:
        yield _invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")
    yield from _anthropic_messages(objects(body.get("messages")))


def _stricter(body: Fields) -> Iterator[Problem]:
    """What the newer version of the API takes no more."""
    yield from (_invalid(f"{name}: Extra inputs are not permitted") for name in SAMPLING if name in body)
    for place, message in enumerate(objects(body.get("messages"))):
        for number, block in enumerate(objects(message.get("content"))):
            where = f"messages.{place}.content.{number}"
            if message.get("role") == "assistant" and block.get("type") == "document":
                yield _invalid(f"{where}: `document` blocks are not permitted in `assistant` messages")
            if message.get("role") == "user" and block.get("type") == "text" and block.get("citations"):
                yield _invalid(f"{where}.citations: Extra inputs are not permitted")


def _anthropic_messages(messages: list[Fields]) -> Iterator[Problem]:
    open_calls: set[str] = set()
    for place, message in enumerate(messages):
        if message.get("role") not in ("user", "assistant", "system"):
            yield _invalid(f"messages.{place}.role: Input should be 'user' or 'assistant'")
        answered = set(_ids(message, "tool_result", "tool_use_id"))
        for id in sorted(answered - open_calls):
            yield _invalid(f"messages.{place}.content: unexpected `tool_use_id` found in `tool_result` blocks: {id}")
        yield from _without_result(open_calls - answered, place)
        open_calls = set(_ids(message, "tool_use", "id"))
    yield from _without_result(open_calls, len(messages))


def _without_result(missing: Set[str], place: int) -> Iterator[Problem]:
    if missing:
        words = "`tool_use` ids were found without `tool_result` blocks immediately after"
        yield _invalid(f"messages.{place - 1}: {words}: {', '.join(sorted(missing))}.")


def _ids(message: Fields, kind: str, field: str) -> Iterator[str]:
    yield from (str(block.get(field)) for block in objects(message.get("content")) if block.get("type") == kind)


# Google


def _content(route: Route, request: Request) -> Iterator[Problem]:
    body = {_camel(name): value for name, value in request.fields.items()}
    if not body.get("contents"):
        yield _invalid("* GenerateContentRequest.contents: contents is not specified\n")
    yield from _unknown_names(body, accepted.GEMINI_CONTENT, "")
    config = {_camel(name): None for name in as_object(body.get("generationConfig"))}
    yield from _unknown_names(config, accepted.GEMINI_CONFIG, "generation_config")
    yield from _turns(objects(body.get("contents")))


def _unknown_names(body: Fields, known: Set[str], where: str) -> Iterator[Problem]:
    place = f" at '{where}'" if where else ""
    for name in sorted(set(body) - known):
        yield _invalid(f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.')


def _turns(contents: list[Fields]) -> Iterator[Problem]:
    """A turn that answers calls answers as many as the turn before it made."""
    called = 0
    for content in contents:
        parts = objects(content.get("parts"))
        answered = sum("functionResponse" in part or "function_response" in part for part in parts)
        if answered != called and (answered or called):
            words = "function response parts is equal to the number of function call parts of the function call turn."
            yield _invalid(f"Please ensure that the number of {words}")
        called = sum("functionCall" in part or "function_call" in part for part in parts)


def _camel(name: str) -> str:
    """Google takes a field's name in both spellings."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest) if first else name


# Ollama


def _ollama(route: Route, request: Request) -> Iterator[Problem]:
    if not request.fields.get("model"):
        yield _invalid("model is required")


Check = Callable[[Route, Request], Iterator[Problem]]

CHECKS: dict[Kind, Check] = {
    "chat": _chat,
    "responses": _responses,
    "messages": _messages,
    "count_tokens": _messages,
    "generate_content": _content,
    "stream_content": _content,
    "ollama_chat": _ollama,
    "ollama_generate": _ollama,
}
