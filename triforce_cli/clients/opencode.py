"""opencode: https://opencode.ai/docs/config"""

import os
from collections.abc import Mapping

from triforce_cli.clients import json_text
from triforce_cli.clients.client import Client, Edit, FileEdits, Gateway, home

_PROVIDER = ("provider", "triforce")


def _edits(environ: Mapping[str, str], gateway: Gateway) -> tuple[FileEdits, ...]:
    edits = (
        Edit((*_PROVIDER, "npm"), "@ai-sdk/openai-compatible"),
        Edit((*_PROVIDER, "name"), "triforce"),
        Edit((*_PROVIDER, "options", "baseURL"), f"{gateway.url}/v1"),
        Edit((*_PROVIDER, "options", "apiKey"), f"{{file:{gateway.token_file}}}"),
        Edit((*_PROVIDER, "models", gateway.model, "name"), gateway.model),
        Edit(("model",), f"triforce/{gateway.model}"),
        Edit(("small_model",), f"triforce/{gateway.model}"),
    )
    return (FileEdits(_file(environ), json_text, edits),)


def _file(environ: Mapping[str, str]) -> str:
    folder = home(environ, "XDG_CONFIG_HOME", ".config") + "/opencode"
    with_remarks = f"{folder}/opencode.jsonc"
    return with_remarks if os.path.exists(with_remarks) else f"{folder}/opencode.json"


CLIENT = Client("opencode", "opencode", _edits, overriding=("OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT"))
