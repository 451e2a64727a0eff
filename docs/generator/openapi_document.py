"""docs/reference/openapi.json: what the daemon says of its routes at /v1/openapi.json."""

import json

from triforce_daemon.routes.app import all_routes
from triforce_daemon.routes.openapi import document


def text() -> str:
    return json.dumps(document(all_routes()), indent=1, ensure_ascii=False) + "\n"
