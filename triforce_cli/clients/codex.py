"""Codex: https://developers.openai.com/codex/config-reference"""

from collections.abc import Mapping

from triforce_cli.clients.client import Client, Edit, FileEdits, Gateway, home
from triforce_cli.files import toml_text

_PROVIDER = ("model_providers", "triforce")


def _edits(environ: Mapping[str, str], gateway: Gateway) -> tuple[FileEdits, ...]:
    edits = (
        Edit(("model",), gateway.model),
        # What it does not know, it guesses; another model's figure would be worse.
        Edit(("model_context_window",), gateway.context),
        Edit(("model_provider",), "triforce"),
        Edit((*_PROVIDER, "name"), "triforce"),
        Edit((*_PROVIDER, "base_url"), f"{gateway.url}/v1"),
        Edit((*_PROVIDER, "wire_api"), "responses"),
        Edit((*_PROVIDER, "auth", "command"), "cat"),
        Edit((*_PROVIDER, "auth", "args"), [gateway.token_file]),
    )
    return (FileEdits(home(environ, "CODEX_HOME", ".codex") + "/config.toml", toml_text, edits),)


CLIENT = Client("codex", "Codex", _edits, overriding=())
