"""The resources and prompts that the conformance suite reads by name."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.triforce_daemon.mcp_server.conformance_tools import IMAGE, file, form
from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.shelf import Prompt, PromptArgument, Resource, Template
from triforce_daemon.toolbox.client import Client, InputRequired

CONTEXT = {"type": "object", "properties": {"context": {"type": "string"}}, "required": ["context"]}


class Resources:
    def templates(self, caller: Caller) -> Sequence[Template]:
        return (Template("test://template/{id}/data", "template", "By id.", "application/json"),)

    async def resources(self, caller: Caller) -> Sequence[Resource]:
        return [
            Resource("test://static-text", "text"),
            Resource("test://static-binary", "picture", None, "image/png"),
            Resource("test://watched-resource", "watched"),
        ]

    async def read(self, caller: Caller, uri: str) -> str | bytes | None:
        if found := re.fullmatch("test://template/(.+)/data", uri):
            return json.dumps({"id": found[1], "templateTest": True, "data": f"Data for ID: {found[1]}"})
        known: dict[str, str | bytes] = {
            "test://static-text": "This is the content of the static text resource.",
            "test://static-binary": base64.b64decode(IMAGE),
            "test://watched-resource": "Watched resource content",
        }
        return known.get(uri)

    async def completions(self, caller: Caller, template: str, argument: str, begun: str) -> Sequence[str]:
        return ()


def user(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": content}


def text(words: str) -> dict[str, Any]:
    return user({"type": "text", "text": words})


class Prompts:
    async def prompts(self, caller: Caller) -> Sequence[Prompt]:
        arguments = (PromptArgument("arg1"), PromptArgument("arg2"))
        return [
            Prompt("test_simple_prompt", "Simple."),
            Prompt("test_prompt_with_arguments", "With arguments.", arguments),
            Prompt("test_prompt_with_embedded_resource", "With a file.", (PromptArgument("resourceUri"),)),
            Prompt("test_prompt_with_image", "With a picture."),
            Prompt("test_input_required_result_prompt", "Needs something."),
        ]

    async def messages(
        self, caller: Caller, name: str, arguments: Mapping[str, str], client: Client | None
    ) -> Sequence[Mapping[str, Any]] | None:
        match name:
            case "test_simple_prompt":
                return [text("This is a simple prompt for testing.")]
            case "test_prompt_with_arguments":
                return [text(f"Prompt with arguments: arg1='{arguments['arg1']}', arg2='{arguments['arg2']}'")]
            case "test_prompt_with_embedded_resource":
                embedded = file(arguments["resourceUri"], "text/plain", "Embedded resource content for testing.")
                return [user(embedded), text("Please process the embedded resource above.")]
            case "test_prompt_with_image":
                picture = {"type": "image", "data": IMAGE, "mimeType": "image/png"}
                return [user(picture), text("Please analyze the image above.")]
            case "test_input_required_result_prompt":
                answer = client.answers.get("user_context") if client else None
                if answer is None:
                    raise InputRequired({"user_context": form("What context should the prompt use?", CONTEXT)})
                return [text(f"Use the following context: {(answer.get('content') or {}).get('context')}")]
            case _:
                return None

    async def completions(self, caller: Caller, prompt: str, argument: str, begun: str) -> Sequence[str]:
        return ()
