"""One way to ask through each of the real clients, and one form for what they were told."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ollama
from google.genai import types

from tests.triforce_daemon.routes import real_clients
from tests.triforce_daemon.served_daemon import ServedDaemon

TOOLS: dict[str, dict[str, Any]] = {
    "get_weather": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
    "now": {"type": "object", "properties": {}},
}
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


@dataclass
class Said:
    """What a client got. `raw` holds the calls' arguments as text, where the client's API has them as that."""

    text: str = ""
    thinking: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    tokens: tuple[int, int] | None = None
    stop: str = ""
    #: The turn, in the API's own form, to be sent back with the results of its calls.
    turn: Any = None


@dataclass(frozen=True)
class Ask:
    """What is asked of `model`; `after` an earlier answer, with the results of its calls."""

    model: str
    stream: bool
    tools: bool = False
    schema: bool = False
    after: Said | None = None
    results: Sequence[str] = ()


async def openai_chat(served: ServedDaemon, ask: Ask) -> Said:
    messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    if ask.after is not None:
        messages.append(ask.after.turn)
        answered = zip(ask.after.turn["tool_calls"], ask.results, strict=True)
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": text} for call, text in answered]
    options: dict[str, Any] = {}
    if ask.tools:
        options["tools"] = [
            {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}
            for name, parameters in TOOLS.items()
        ]
    if ask.schema:
        options["response_format"] = {"type": "json_schema", "json_schema": {"name": "who", "schema": SCHEMA}}
    async with real_clients.openai_client(served) as client:
        if not ask.stream:
            answer = await client.chat.completions.create(model=ask.model, messages=messages, **options)
            return _of_message(answer.choices[0].message, answer.choices[0].finish_reason, answer.usage)
        async with client.chat.completions.stream(
            model=ask.model, messages=messages, stream_options={"include_usage": True}, **options
        ) as events:
            async for _ in events:
                pass
            answer = await events.get_final_completion()
        return _of_message(answer.choices[0].message, answer.choices[0].finish_reason, answer.usage)


def _of_message(message: Any, stop: str, usage: Any) -> Said:
    calls = message.tool_calls or []
    turn = {
        "role": "assistant",
        "content": message.content,
        "tool_calls": [
            {"id": c.id, "type": "function", "function": {"name": c.function.name, "arguments": c.function.arguments}}
            for c in calls
        ],
    }
    return Said(
        text=message.content or "",
        thinking=getattr(message, "reasoning_content", None) or "",
        calls=[(call.function.name, json.loads(call.function.arguments or "{}")) for call in calls],
        raw=[call.function.arguments for call in calls],
        tokens=(usage.prompt_tokens, usage.completion_tokens) if usage else None,
        stop=stop,
        turn=turn,
    )


async def openai_responses(served: ServedDaemon, ask: Ask) -> Said:
    inputs: list[Any] = [{"role": "user", "content": "hi"}]
    if ask.after is not None:
        calls = [item for item in ask.after.turn if item["type"] == "function_call"]
        inputs += ask.after.turn
        inputs += [
            {"type": "function_call_output", "call_id": call["call_id"], "output": text}
            for call, text in zip(calls, ask.results, strict=True)
        ]
    options: dict[str, Any] = {"instructions": "Be brief.", "store": False}
    if ask.tools:
        options["tools"] = [
            {"type": "function", "name": name, "description": name, "parameters": parameters, "strict": False}
            for name, parameters in TOOLS.items()
        ]
    if ask.schema:
        options["text"] = {"format": {"type": "json_schema", "name": "who", "schema": SCHEMA}}
    async with real_clients.openai_client(served) as client:
        if ask.stream:
            async with client.responses.stream(model=ask.model, input=inputs, **options) as events:
                async for _ in events:
                    pass
                answer = await events.get_final_response()
        else:
            answer = await client.responses.create(model=ask.model, input=inputs, **options)
    called = [item for item in answer.output if item.type == "function_call"]
    reasoning = [item for item in answer.output if item.type == "reasoning"]
    told = [part.text for item in reasoning for part in [*(item.content or []), *item.summary]]
    return Said(
        text=answer.output_text,
        thinking="".join(told),
        calls=[(item.name, json.loads(item.arguments or "{}")) for item in called],
        raw=[item.arguments for item in called],
        tokens=(answer.usage.input_tokens, answer.usage.output_tokens) if answer.usage else None,
        stop=answer.status or "",
        turn=[item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in answer.output],
    )


async def anthropic_messages(served: ServedDaemon, ask: Ask) -> Said:
    messages: list[Any] = [{"role": "user", "content": "hi"}]
    if ask.after is not None:
        calls = [block for block in ask.after.turn if block["type"] == "tool_use"]
        answered = zip(calls, ask.results, strict=True)
        blocks = [{"type": "tool_result", "tool_use_id": call["id"], "content": text} for call, text in answered]
        messages += [{"role": "assistant", "content": ask.after.turn}, {"role": "user", "content": blocks}]
    options: dict[str, Any] = {"system": "Be brief.", "max_tokens": 500}
    if ask.tools:
        options["tools"] = [
            {"name": name, "description": name, "input_schema": parameters} for name, parameters in TOOLS.items()
        ]
    if ask.schema:
        options["output_config"] = {"format": {"type": "json_schema", "schema": SCHEMA}}
    async with real_clients.anthropic_client(served) as client:
        if ask.stream:
            async with client.messages.stream(model=ask.model, messages=messages, **options) as events:
                async for _ in events:
                    pass
                answer = await events.get_final_message()
        else:
            answer = await client.messages.create(model=ask.model, messages=messages, **options)
    return Said(
        text="".join(block.text for block in answer.content if block.type == "text"),
        thinking="".join(block.thinking for block in answer.content if block.type == "thinking"),
        calls=[(block.name, block.input) for block in answer.content if block.type == "tool_use"],
        tokens=(answer.usage.input_tokens, answer.usage.output_tokens),
        stop=answer.stop_reason or "",
        turn=[block.model_dump(exclude_none=True) for block in answer.content],
    )


async def gemini(served: ServedDaemon, ask: Ask) -> Said:
    contents: list[Any] = [types.Content(role="user", parts=[types.Part(text="hi")])]
    if ask.after is not None:
        called = [part.function_call for part in ask.after.turn.parts if part.function_call]
        answered = zip(called, ask.results, strict=True)
        parts = [types.Part.from_function_response(name=c.name, response={"result": text}) for c, text in answered]
        contents += [ask.after.turn, types.Content(role="user", parts=parts)]
    options: dict[str, Any] = {"system_instruction": "Be brief."}
    if ask.tools:
        declared = [
            types.FunctionDeclaration(name=name, description=name, parameters_json_schema=parameters)
            for name, parameters in TOOLS.items()
        ]
        options["tools"] = [types.Tool(function_declarations=declared)]
        options["automatic_function_calling"] = types.AutomaticFunctionCallingConfig(disable=True)
    if ask.schema:
        options |= {"response_mime_type": "application/json", "response_json_schema": SCHEMA}
    config = types.GenerateContentConfig(**options)
    chunks: list[Any] = []
    async with real_clients.gemini_client(served) as client:
        if ask.stream:
            async for chunk in await client.aio.models.generate_content_stream(
                model=ask.model, contents=contents, config=config
            ):
                chunks.append(chunk)
        else:
            chunks = [await client.aio.models.generate_content(model=ask.model, contents=contents, config=config)]
    parts = [part for chunk in chunks for part in _parts(chunk)]
    usage = chunks[-1].usage_metadata
    return Said(
        text="".join(part.text for part in parts if part.text and not part.thought),
        thinking="".join(part.text for part in parts if part.text and part.thought),
        calls=[(part.function_call.name, part.function_call.args or {}) for part in parts if part.function_call],
        tokens=(usage.prompt_token_count, (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)),
        stop=str(chunks[-1].candidates[0].finish_reason.value),
        turn=types.Content(role="model", parts=parts),
    )


def _parts(chunk: Any) -> list[Any]:
    content = chunk.candidates[0].content if chunk.candidates else None
    return list(content.parts or []) if content is not None else []


async def ollama_chat(served: ServedDaemon, ask: Ask) -> Said:
    messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    if ask.after is not None:
        messages.append(ask.after.turn)
        called = ask.after.turn["tool_calls"]
        messages += [
            {"role": "tool", "tool_name": call["function"]["name"], "content": text}
            for call, text in zip(called, ask.results, strict=True)
        ]
    options: dict[str, Any] = {}
    if ask.tools:
        options["tools"] = [
            {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}
            for name, parameters in TOOLS.items()
        ]
    if ask.schema:
        options["format"] = SCHEMA
    async with real_clients.ollama_client(served) as client:
        if ask.stream:
            pieces = [
                piece async for piece in await client.chat(model=ask.model, messages=messages, stream=True, **options)
            ]
        else:
            pieces = [await client.chat(model=ask.model, messages=messages, **options)]
    calls = [call.function for piece in pieces for call in piece.message.tool_calls or ()]
    last: ollama.ChatResponse = pieces[-1]
    return Said(
        text="".join(piece.message.content or "" for piece in pieces),
        thinking="".join(piece.message.thinking or "" for piece in pieces),
        calls=[(call.name, dict(call.arguments)) for call in calls],
        tokens=(last.prompt_eval_count or 0, last.eval_count or 0),
        stop=last.done_reason or "",
        turn={
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": call.name, "arguments": dict(call.arguments)}} for call in calls],
        },
    )


CLIENTS: dict[str, Callable[[ServedDaemon, Ask], Awaitable[Said]]] = {
    "openai_chat": openai_chat,
    "openai_responses": openai_responses,
    "anthropic": anthropic_messages,
    "gemini": gemini,
    "ollama": ollama_chat,
}
