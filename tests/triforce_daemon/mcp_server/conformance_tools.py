"""The tools that the conformance suite calls by name, in the idiom of the toolbox."""

import asyncio
import json
from typing import Any

from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.client import CapabilityMissing, Client, InputRequired
from triforce_daemon.toolbox.content import Content
from triforce_daemon.toolbox.declaration import tool

IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
SOUND = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="

NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
OK = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
COLOR = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}
_ADDRESS = {"type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}
#: Of the tools that the suite only looks at: what they take, to the letter, or with a header for it.
SCHEMAS: dict[str, dict[str, Any]] = {
    "json_schema_2020_12_tool": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {"$anchor": "addressDef", **_ADDRESS}},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": False,
    },
    "test_header": {
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
    },
}
ROOTS: dict[str, Any] = {"method": "roots/list"}


def said(text: str) -> Content:
    return Content([{"type": "text", "text": text}])


def file(uri: str, kind: str, text: str) -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}}


def form(message: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}}


def sample(text: str, limit: int = 100) -> dict[str, Any]:
    message = {"role": "user", "content": {"type": "text", "text": text}}
    return {"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": limit}}


def client_of(call: ToolCall) -> Client:
    assert call.client is not None
    return call.client


@tool(tier="guest", effect="read")
async def test_simple_text() -> Content:
    """Say something."""
    return said("This is a simple text response for testing.")


@tool(tier="guest", effect="read", asks=True)
async def takes_anything(region: str = "") -> Content:
    """Take what is given; as only mounted tools have such schemas, it is answered where those are."""
    return said(region)


@tool(tier="guest", effect="read")
async def test_image_content() -> Content:
    """Show a picture."""
    return Content([{"type": "image", "data": IMAGE, "mimeType": "image/png"}])


@tool(tier="guest", effect="read")
async def test_audio_content() -> Content:
    """Play a sound."""
    return Content([{"type": "audio", "data": SOUND, "mimeType": "audio/wav"}])


@tool(tier="guest", effect="read")
async def test_embedded_resource() -> Content:
    """Hand over a file."""
    return Content([file("test://embedded-resource", "text/plain", "This is an embedded resource content.")])


@tool(tier="guest", effect="read")
async def test_multiple_content_types() -> Content:
    """Hand over several things."""
    return Content(
        [
            {"type": "text", "text": "Multiple content types test:"},
            {"type": "image", "data": IMAGE, "mimeType": "image/png"},
            file("test://mixed-content-resource", "application/json", '{"test": "data", "value": 123}'),
        ]
    )


@tool(tier="guest", effect="read", asks=True)
async def test_tool_with_logging(*, call: ToolCall) -> Content:
    """Tell the client something on the way."""
    for words in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await client_of(call).log("info", words)
        await asyncio.sleep(0.02)
    return said("Tool with logging executed successfully")


@tool(tier="guest", effect="read")
async def test_tool_with_progress(*, call: ToolCall) -> Content:
    """Tell how far it is."""
    for step in (0, 50, 100):
        call.progress(step / 100, f"Completed step {step} of 100")
        await asyncio.sleep(0.02)
    return said("done")


@tool(tier="guest", effect="read")
async def test_error_handling() -> Content:
    """Fail."""
    return Content([{"type": "text", "text": "This tool intentionally returns an error for testing"}], failed=True)


@tool(tier="guest", effect="read", asks=True)
async def test_sampling(prompt: str, *, call: ToolCall) -> Content:
    """Have the client's model answer."""
    request = sample(prompt)
    answer = await client_of(call).ask(request["method"], request["params"])
    return said(f"LLM response: {answer['content'].get('text', 'No response')}")


async def elicited(call: ToolCall, message: str, schema: dict[str, Any], words: str) -> Content:
    request = form(message, schema)
    answer = await client_of(call).ask(request["method"], request["params"])
    return said(f"{words}: action={answer['action']}, content={json.dumps(answer.get('content') or {})}")


@tool(tier="guest", effect="read", asks=True)
async def test_elicitation(message: str, *, call: ToolCall) -> Content:
    """Ask the client's user."""
    schema = {
        "type": "object",
        "properties": {"response": {"type": "string", "description": "User's response"}},
        "required": ["response"],
    }
    return await elicited(call, message, schema, "User response")


@tool(tier="guest", effect="read", asks=True)
async def test_elicitation_sep1034_defaults(*, call: ToolCall) -> Content:
    """Ask with defaults."""
    properties = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    }
    schema = {"type": "object", "properties": properties, "required": []}
    return await elicited(call, "Please provide user information", schema, "Elicitation result")


@tool(tier="guest", effect="read", asks=True)
async def test_elicitation_sep1330_enums(*, call: ToolCall) -> Content:
    """Ask with choices."""
    titled = [("low", "Low Priority"), ("medium", "Medium Priority"), ("high", "High Priority")]
    several = [("feature", "New Feature"), ("bug", "Bug Fix"), ("docs", "Documentation")]
    properties = {
        "untitledSingle": {"type": "string", "enum": ["active", "inactive", "pending"]},
        "titledSingle": {"type": "string", "oneOf": [{"const": one, "title": title} for one, title in titled]},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["read", "write", "execute"]}},
        "titledMulti": {
            "type": "array",
            "items": {"anyOf": [{"const": one, "title": title} for one, title in several]},
        },
        "legacyEnum": {
            "type": "string",
            "enum": ["small", "medium", "large"],
            "enumNames": ["Small Size", "Medium Size", "Large Size"],
        },
    }
    schema = {"type": "object", "properties": properties, "required": []}
    return await elicited(call, "Please select values", schema, "Elicitation completed")


@tool(tier="guest", effect="read", asks=True)
async def test_missing_capability(*, call: ToolCall) -> Content:
    """Need a client with a model."""
    if "sampling" not in (client_of(call).capabilities or {}):
        raise CapabilityMissing("sampling")
    return said("Client declared sampling capability; proceeding.")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_elicitation(*, call: ToolCall) -> Content:
    """Need a name."""
    answer = client_of(call).answers.get("user_name")
    if answer is None:
        raise InputRequired({"user_name": form("What is your name?", NAME)})
    return said(f"Hello, {(answer.get('content') or {}).get('name', 'stranger')}!")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_sampling(*, call: ToolCall) -> Content:
    """Need a model's answer."""
    answer = client_of(call).answers.get("capital_question")
    if answer is None:
        raise InputRequired({"capital_question": sample("What is the capital of France?")})
    return said(f"Model said: {answer['content'].get('text', '?')}")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_list_roots(*, call: ToolCall) -> Content:
    """Need the client's roots."""
    answer = client_of(call).answers.get("client_roots")
    if answer is None:
        raise InputRequired({"client_roots": ROOTS})
    return said(f"Client exposed {len(answer.get('roots', []))} root(s).")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_request_state(*, call: ToolCall) -> Content:
    """Need a confirmation, and the state back."""
    client = client_of(call)
    if "confirm" in client.answers and client.state == "nonce":
        return said("state-ok: confirmation received")
    raise InputRequired({"confirm": form("Please confirm", OK)}, "nonce")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_multiple_inputs(*, call: ToolCall) -> Content:
    """Need three things at once."""
    if {"user_name", "greeting", "client_roots"} <= client_of(call).answers.keys():
        return said("All inputs received.")
    needed = {
        "user_name": form("What is your name?", NAME),
        "greeting": sample("Generate a greeting", 50),
        "client_roots": ROOTS,
    }
    raise InputRequired(needed, "multiple-inputs")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_multi_round(*, call: ToolCall) -> Content:
    """Need a name, and then a colour."""
    client = client_of(call)
    state = json.loads(client.state) if client.state else {"round": 0}
    if state["round"] == 1 and (step := client.answers.get("step1")):
        told = json.dumps({"round": 2, "name": (step.get("content") or {}).get("name")})
        raise InputRequired({"step2": form("Step 2: What is your favorite color?", COLOR)}, told)
    if state["round"] == 2 and (step := client.answers.get("step2")):
        return said(f"{state.get('name')} likes {(step.get('content') or {}).get('color')}.")
    raise InputRequired({"step1": form("Step 1: What is your name?", NAME)}, json.dumps({"round": 1}))


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_tampered_state(*, call: ToolCall) -> Content:
    """Need a state that nobody has changed."""
    client = client_of(call)
    if client.state is None:
        raise InputRequired({"confirm": form("Please confirm", OK)}, "round-1")
    return said(f"state-ok: {client.state}")


@tool(tier="guest", effect="read", asks=True)
async def test_input_required_result_capabilities(*, call: ToolCall) -> Content:
    """Need only what the client can give."""
    can = client_of(call).capabilities
    needed: dict[str, Any] = {}
    if can is None or "sampling" in can:
        needed["sample"] = sample("Say hello", 50)
    if can is None or "elicitation" in can:
        needed["ask"] = form("What is your name?", NAME)
    raise InputRequired(needed, "capability-gated")


@tool(tier="guest", effect="read", asks=True)
async def test_logging_tool(*, call: ToolCall) -> Content:
    """Tell the client something, where it wants to hear it."""
    await client_of(call).log("info", "working")
    return said("logged")


@tool(tier="guest", effect="read", asks=True)
async def test_streaming_elicitation(*, call: ToolCall) -> Content:
    """Need a name after having said how far it is."""
    call.progress(0.5, "half")
    answer = client_of(call).answers.get("user_name")
    if answer is None:
        raise InputRequired({"user_name": form("What is your name?", NAME)})
    return said("thank you")
