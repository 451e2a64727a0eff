"""Has a model turn text into data of a given form, and holds the data against the form before it is handed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson
from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AnswerInvalid, InvalidArguments
from triforce_daemon.services.asking.asker import Asker, Wanted
from triforce_daemon.wire.usage import Usage

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

#: A model that misses the form is told where, this often at most.
_ATTEMPTS = 3
_SYSTEM = "Extract data from the text. Answer with one JSON object that fits the schema, and with nothing else."


class Extracted(TypedDict):
    data: dict[str, Any]
    attempts: int
    model: str
    usage: Usage
    """Of all attempts together."""


@dataclass(frozen=True, slots=True)
class Extraction:
    asker: Asker

    async def extract(
        self, caller: Caller, request_id: str, text: str, schema: Mapping[str, Any], model: str | None, more: str | None
    ) -> Extracted:
        """Raises InvalidArguments where the schema is none, AnswerInvalid where the model never fits it."""
        validator = _validator(schema)
        system = f"{_SYSTEM}\n\nThe schema:\n{orjson.dumps(dict(schema)).decode()}"
        prompt = f"{more}\n\n{text}" if more else text
        spent = nothing()
        problem = ""
        for attempt in range(1, _ATTEMPTS + 1):
            asked = Wanted(
                prompt + (f"\n\nYour last answer did not fit: {problem}" if problem else ""),
                model,
                system,
                temperature=0.0,
                json_schema=schema,
            )
            said = await self.asker.ask(caller, f"{request_id}.{attempt}", asked)
            spent = added(spent, said["usage"])
            data, problem = _read(said["text"], validator)
            if data is not None:
                return Extracted(data=data, attempts=attempt, model=said["model"], usage=spent)
        raise AnswerInvalid(
            f"The model did not fit the schema in {_ATTEMPTS} attempts: {problem}", "Try another model."
        )


def _validator(schema: Mapping[str, Any]) -> "Draft202012Validator":
    # 5 MB that most daemons never need.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InvalidArguments(f"The argument schema is no JSON Schema: {error.message}.", None) from None
    return Draft202012Validator(dict(schema))


def _read(text: str, validator: "Draft202012Validator") -> tuple[dict[str, Any] | None, str]:
    """The data in a model's answer, or what is wrong with it."""
    begin, end = text.find("{"), text.rfind("}")
    try:
        data: object = orjson.loads(text[begin : end + 1] if 0 <= begin < end else text)
    except orjson.JSONDecodeError as error:
        return None, f"it is no JSON ({error})"
    if not isinstance(data, dict):
        return None, "it is no JSON object"
    found = cast("dict[str, Any]", data)
    wrong = next(iter(validator.iter_errors(found)), None)  # pyright: ignore[reportUnknownMemberType] - so its stubs
    return (found, "") if wrong is None else (None, f"{wrong.json_path}: {wrong.message}")


def nothing() -> Usage:
    """What has been used before anybody is asked."""
    return Usage(input_tokens=0, output_tokens=0, estimated=False)


def added(spent: Usage, more: Usage) -> Usage:
    """Of both together."""
    return Usage(
        input_tokens=spent["input_tokens"] + more["input_tokens"],
        output_tokens=spent["output_tokens"] + more["output_tokens"],
        estimated=spent["estimated"] or more["estimated"],
    )
