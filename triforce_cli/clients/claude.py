"""Claude Code: https://code.claude.com/docs/en/settings"""

import shlex
from collections.abc import Mapping

from triforce_cli.clients import json_text
from triforce_cli.clients.client import Client, Edit, FileEdits, Gateway, home

_MODELS = ("ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL")
#: They would win over the helper, and be sent here.
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def _edits(environ: Mapping[str, str], gateway: Gateway) -> tuple[FileEdits, ...]:
    edits = (
        Edit(("apiKeyHelper",), f"cat {shlex.quote(gateway.token_file)}"),
        Edit(("env", "ANTHROPIC_BASE_URL"), gateway.url),
        *(Edit(("env", name), gateway.model) for name in _MODELS),
        *(Edit(("env", name), None) for name in _KEYS),
    )
    return (FileEdits(home(environ, "CLAUDE_CONFIG_DIR", ".claude") + "/settings.json", json_text, edits),)


CLIENT = Client("claude", "Claude Code", _edits, overriding=_KEYS)
