"""Asks the client something while its call is answered, as its revision of the protocol has it."""

import warnings
from collections.abc import Mapping
from typing import Any, cast

from mcp.shared.exceptions import MCPDeprecationWarning, MCPError, NoBackChannelError
from mcp.shared.message import ServerMessageMetadata
from mcp_types import (
    LOG_LEVEL_META_KEY,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    InputResponseRequestParams,
    ListRootsRequest,
    ListRootsResult,
    LoggingLevel,
)

from triforce_daemon.errors import ToolUnavailable
from triforce_daemon.mcp_server.request import Context
from triforce_daemon.toolbox.client import CapabilityMissing, InputRequired


class McpClient:
    def __init__(self, context: Context, params: InputResponseRequestParams) -> None:
        """`params` are those of the request that is being answered."""
        self._context = context
        declared = context.session.client_capabilities
        self.capabilities: Mapping[str, Any] | None = declared.model_dump(exclude_none=True) if declared else None
        self.answers: Mapping[str, Any] = {
            name: answer.model_dump(by_alias=True, exclude_none=True)
            for name, answer in (params.input_responses or {}).items()
        }
        self.state = params.request_state
        self.at_once = context.session.can_send_request
        # Revisions with sessions have a client hear everything, unless it says otherwise.
        wanted: object = (context.meta or {}).get(LOG_LEVEL_META_KEY) if context.meta else None
        self.log_level = wanted if isinstance(wanted, str) else "debug" if self.at_once else None

    async def ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        request = request_of({"method": method, "params": params})
        kinds = {"sampling/createMessage": CreateMessageResult, "elicitation/create": ElicitResult}
        kind = kinds.get(method, ListRootsResult)
        # Without this it would wait for a stream of its own, which the client need not have opened.
        metadata = ServerMessageMetadata(related_request_id=self._context.request_id)
        try:
            answer = await self._context.session.send_request(request, kind, metadata=metadata)
        except (MCPError, NoBackChannelError) as error:
            raise ToolUnavailable(f"The client cannot be asked this: {error}", None) from None
        return answer.model_dump(by_alias=True, exclude_none=True)

    async def log(self, level: str, data: Any, source: str | None = None) -> None:
        told = self._context.session
        with warnings.catch_warnings():
            # The newest revision has it no more; those before do, and their clients look at it.
            warnings.simplefilter("ignore", MCPDeprecationWarning)
            await told.send_log_message(  # pyright: ignore[reportDeprecated]
                cast(LoggingLevel, level), data, source, related_request_id=self._context.request_id
            )


def request_of(request: Mapping[str, Any]) -> InputRequest:
    """A request in MCP's own form. Raises ValidationError where it is none."""
    params = cast("Mapping[str, Any]", request.get("params") or {})
    match request["method"]:
        case "sampling/createMessage":
            return CreateMessageRequest(params=CreateMessageRequestParams.model_validate(params))
        case "elicitation/create":
            return ElicitRequest(params=ElicitRequestFormParams.model_validate(params))
        case _:
            return ListRootsRequest()


def input_required(needed: InputRequired) -> InputRequiredResult:
    """What the client is told; the SDK seals the state before it leaves."""
    requests = {name: request_of(request) for name, request in needed.requests.items()}
    return InputRequiredResult(input_requests=requests or None, request_state=needed.state)


def capability_missing(error: CapabilityMissing) -> MCPError:
    return MCPError(
        code=MISSING_REQUIRED_CLIENT_CAPABILITY,
        message=f"This needs the client's capability {error.capability}",
        data={"requiredCapabilities": {error.capability: {}}},
    )
