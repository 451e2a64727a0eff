"""What is asked: https://platform.openai.com/docs/api-reference/completions/create"""

from typing import Any, cast

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Message, Request, TextPart
from triforce_daemon.errors import InvalidRequest

OWN = "openai_completions"

_KNOWN = frozenset(
    (
        "model",
        "prompt",
        "stream",
        "stream_options",
        "max_tokens",
        "temperature",
        "top_p",
        "stop",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "user",
        "n",
        "best_of",
        "echo",
        "suffix",
    )
)


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field, also for what a chat cannot do and nobody could overlook."""
    _refuse_what_changes_the_answer(body)
    options = fields.mapping(body, "stream_options") or {}
    extras = {name: value for name, value in body.items() if name not in _KNOWN and value is not None}
    return Request(
        model=model if model is not None else fields.needed_text(body, "model"),
        messages=[Message(role="user", parts=[TextPart(type="text", text=_prompt(body))])],
        stream=stream if stream is not None else fields.flag(body, "stream") or False,
        max_tokens=fields.whole(body, "max_tokens"),
        temperature=fields.number(body, "temperature"),
        top_p=fields.number(body, "top_p"),
        stop=fields.texts(body, "stop"),
        seed=fields.whole(body, "seed"),
        presence_penalty=fields.number(body, "presence_penalty"),
        frequency_penalty=fields.number(body, "frequency_penalty"),
        user=fields.text(body, "user"),
        include_usage=fields.flag(options, "include_usage", "stream_options") or False,
        extras={OWN: extras} if extras else {},
    )


def _prompt(body: dict[str, Any]) -> str:
    prompt = body.get("prompt")
    if isinstance(prompt, list):
        prompts = cast(list[Any], prompt)
        if len(prompts) > 1:
            raise InvalidRequest("`prompt` holds several prompts.", "Send one request for each.")
        prompt = prompts[0] if prompts else None
    if not isinstance(prompt, str) or not prompt:
        fields.refuse("prompt", "text, or a list of one text")
    return prompt


def _refuse_what_changes_the_answer(body: dict[str, Any]) -> None:
    for name in ("n", "best_of"):
        if (fields.whole(body, name) or 1) != 1:
            raise InvalidRequest(f"`{name}` must be 1.", "Send several requests for several answers.")
    if fields.flag(body, "echo"):
        raise InvalidRequest("`echo` is not supported.", "You have the prompt already.")
    if fields.text(body, "suffix"):
        raise InvalidRequest("`suffix` is not supported: a chat goes on at its end.", "Ask for it in the prompt.")
