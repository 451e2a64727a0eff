"""What a mounted server asks and tells while it answers a call, brought to whoever made that call."""

from collections.abc import Mapping
from typing import Any, TypeVar

from mcp.client.session import ClientRequestContext
from mcp_types import (
    INVALID_REQUEST,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequestParams,
    ElicitResult,
    ErrorData,
    ListRootsResult,
    LoggingMessageNotificationParams,
    RequestParams,
)
from pydantic import BaseModel, ValidationError

from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.mcp_client.lines import Lines
from triforce_daemon.mcp_client.reading import dumped

Answer = TypeVar("Answer", bound=BaseModel)


class Hearing:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    async def sampling(
        self, context: ClientRequestContext, params: CreateMessageRequestParams
    ) -> CreateMessageResult | ErrorData:
        return await self._asked("sampling/createMessage", params, CreateMessageResult)

    async def elicitation(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult | ErrorData:
        return await self._asked("elicitation/create", params, ElicitResult)

    async def roots(self, context: ClientRequestContext) -> ListRootsResult | ErrorData:
        return await self._asked("roots/list", None, ListRootsResult)

    async def logged(self, params: LoggingMessageNotificationParams) -> None:
        line = self._lines.meant()
        if line is not None:
            await line.log(params.level, params.data)

    async def _asked(self, method: str, params: RequestParams | None, kind: type[Answer]) -> Answer | ErrorData:
        line = self._lines.meant()
        try:
            if line is None:
                raise Unasked("Nobody can tell which call it belongs to.")
            asked: Mapping[str, Any] = dumped(params) if params is not None else {}
            return kind.model_validate(await line.ask(method, asked), by_name=False)
        except Unasked as why:
            return ErrorData(code=INVALID_REQUEST, message=str(why))
        except ValidationError:
            return ErrorData(code=INVALID_REQUEST, message="What was answered is no answer.")
