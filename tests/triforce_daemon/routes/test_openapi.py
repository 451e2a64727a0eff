"""The description of the routes: all of them, as they are."""

import json
import re
from typing import Any

from tests.architecture.source import ROOT
from tests.triforce_daemon.routes.test_policy import MATRIX
from tests.triforce_daemon.routes.walking import described
from tests.triforce_daemon.served_daemon import ServedDaemon


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_is_there_with_its_policy() -> None:
    found = {line: operation["x-triforce-policy"] for line, operation in operations(described()).items()}
    assert found == {re.sub(r"\{(\w+):path\}", r"{\1}", line): policy for line, policy in MATRIX.items()}


def test_each_says_who_may_and_how_it_refuses() -> None:
    for line, operation in operations(described()).items():
        public = operation["x-triforce-policy"] == "public"
        assert ("401" in operation["responses"]) is not public, line
        assert (operation["security"] == []) is public
        assert "422" not in operation["responses"]
        assert operation["summary"].strip()
        assert set(re.findall(r"\{(\w+)\}", line)) == {
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"
        }


def test_ids_are_each_routes_own() -> None:
    ids = [operation["operationId"] for operation in operations(described()).values()]
    assert len(set(ids)) == len(ids)


def test_every_shape_that_is_named_is_there() -> None:
    document = described()
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_who_is_known_may_read_it_and_reads_what_the_reference_has(served: ServedDaemon) -> None:
    status, told = await served.over_http("GET", "/v1/openapi.json", await served.token("inference"))
    assert status == 200
    assert told == json.loads((ROOT / "docs/reference/openapi.json").read_text("utf-8"))
    assert (await served.over_http("GET", "/v1/openapi.json"))[0] == 401
