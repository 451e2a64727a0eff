"""Resources, prompts and completions: whatever the shelf holds for the caller."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    BlobResourceContents,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    GetPromptRequestParams,
    GetPromptResult,
    InputRequiredResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    PromptReference,
    ReadResourceRequestParams,
    ReadResourceResult,
    ResourceTemplate,
    TextResourceContents,
)
from mcp_types import Prompt as WirePrompt
from mcp_types import PromptArgument as WireArgument
from mcp_types import Resource as WireResource

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import TriforceError
from triforce_daemon.mcp_server.asking import McpClient, input_required
from triforce_daemon.mcp_server.request import Context, caller_of
from triforce_daemon.mcp_server.shelf import Content, Prompt, Shelf
from triforce_daemon.toolbox.client import InputRequired

#: RFC of 2025-11-25: so many completions at most.
_MOST_COMPLETIONS = 100


@dataclass(frozen=True, slots=True)
class ShelfHandlers:
    shelf: Shelf

    async def list_resources(self, context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        caller = caller_of(context)
        found = [one for source in self.shelf.resources for one in await source.resources(caller)]
        listed = [
            WireResource(uri=one.uri, name=one.name, description=one.description, mime_type=one.mime_type)
            for one in found
        ]
        return ListResourcesResult(resources=listed)

    async def list_templates(
        self, context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        caller = caller_of(context)
        found = [one for source in self.shelf.resources for one in source.templates(caller)]
        listed = [
            ResourceTemplate(uri_template=one.uri, name=one.name, description=one.description, mime_type=one.mime_type)
            for one in found
        ]
        return ListResourceTemplatesResult(resource_templates=listed)

    async def read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri, caller = str(params.uri), caller_of(context)
        for source in self.shelf.resources:
            try:
                content = await source.read(caller, uri)
            except TriforceError as error:
                raise MCPError(code=INVALID_PARAMS, message=error.message, data={"uri": uri}) from None
            if content is not None:
                return self._read(caller, uri, content)
        raise MCPError(code=INVALID_PARAMS, message=f"There is no resource {uri}", data={"uri": uri})

    async def list_prompts(self, context: Context, params: PaginatedRequestParams | None) -> ListPromptsResult:
        caller = caller_of(context)
        found = [one for source in self.shelf.prompts for one in await source.prompts(caller)]
        return ListPromptsResult(prompts=[_prompt(one) for one in found])

    async def get_prompt(
        self, context: Context, params: GetPromptRequestParams
    ) -> GetPromptResult | InputRequiredResult:
        client = McpClient(context, params)
        for source in self.shelf.prompts:
            try:
                messages = await source.messages(caller_of(context), params.name, params.arguments or {}, client)
            except InputRequired as needed:
                return input_required(needed)
            except TriforceError as error:
                raise MCPError(code=INVALID_PARAMS, message=error.message) from None
            if messages is not None:
                return GetPromptResult.model_validate({"messages": list(messages)}, by_name=False)
        raise MCPError(code=INVALID_PARAMS, message=f"There is no prompt {params.name}")

    async def complete(self, context: Context, params: CompleteRequestParams) -> CompleteResult:
        caller, argument, ref = caller_of(context), params.argument, params.ref
        words: list[str] = []
        if isinstance(ref, PromptReference):
            for source in self.shelf.prompts:
                words += await source.completions(caller, ref.name, argument.name, argument.value)
        else:
            for shelf in self.shelf.resources:
                words += await shelf.completions(caller, str(ref.uri), argument.name, argument.value)
        return CompleteResult(completion=_completion(words))

    def _read(self, caller: Caller, uri: str, content: Content) -> ReadResourceResult:
        if isinstance(content, str | bytes):
            return ReadResourceResult(contents=[_contents(uri, content, self._kind(caller, uri))])
        return ReadResourceResult.model_validate({"contents": list(content)}, by_name=False)

    def _kind(self, caller: Caller, uri: str) -> str:
        """The kind of the template whose fixed beginning fits; plain text where none does."""
        templates = (one for source in self.shelf.resources for one in source.templates(caller))
        return next((one.mime_type for one in templates if uri.startswith(one.uri.partition("{")[0])), "text/plain")


def _contents(uri: str, content: str | bytes, kind: str) -> TextResourceContents | BlobResourceContents:
    if isinstance(content, str):
        return TextResourceContents(uri=uri, mime_type=kind, text=content)
    return BlobResourceContents(uri=uri, mime_type="application/octet-stream", blob=base64.b64encode(content).decode())


def _prompt(prompt: Prompt) -> WirePrompt:
    arguments = [
        WireArgument(name=one.name, description=one.description, required=one.required) for one in prompt.arguments
    ]
    return WirePrompt(name=prompt.name, description=prompt.description, arguments=arguments or None)


def _completion(words: Sequence[str]) -> Completion:
    return Completion(values=list(words[:_MOST_COMPLETIONS]), total=len(words), has_more=len(words) > _MOST_COMPLETIONS)
