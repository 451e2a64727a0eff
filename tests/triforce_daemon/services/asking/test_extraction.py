"""Data that fits its schema, after as many attempts as it takes."""

import json

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.core.test_answers import last, says


async def test_data_fits_its_schema_or_is_not_handed_on(served: ServedDaemon) -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    model = says(served, 0, "No.")
    for text in ("Well...", '{"age": "old"}', 'Here: {"age": 42}'):
        served.upstream.enqueue(Script((Text((text,)),), usage=Usage(3, 2)))
    value = (await run(served, "extract", text="She is 42.", schema=schema, model=model))["value"]
    assert (value["data"], value["attempts"], value["usage"]["input_tokens"]) == ({"age": 42}, 3, 9)
    assert "$.age: 'old' is not of type 'integer'" in json.dumps(last(served))
    failed = await run(served, "extract", text="x", schema=schema, model=model)
    assert failed["error"]["code"] == "answer_invalid"
    wrong = await run(served, "extract", text="x", schema={"type": "thing"}, model=model)
    assert wrong["error"]["code"] == "invalid_arguments"
