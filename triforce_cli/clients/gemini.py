"""Gemini CLI: https://geminicli.com/docs/reference/configuration"""

from collections.abc import Mapping

from triforce_cli.clients import env_text, json_text
from triforce_cli.clients.client import Client, Edit, FileEdits, Gateway, home


def _edits(environ: Mapping[str, str], gateway: Gateway) -> tuple[FileEdits, ...]:
    folder = home(environ, "GEMINI_CLI_HOME", "").rstrip("/") + "/.gemini"
    settings = (
        Edit(("security", "auth", "selectedType"), "gemini-api-key"),
        Edit(("model", "name"), gateway.model),
    )
    # It takes its key from the environment alone, or from this file.
    variables = (Edit(("GEMINI_API_KEY",), gateway.token), Edit(("GOOGLE_GEMINI_BASE_URL",), gateway.url))
    return (
        FileEdits(f"{folder}/settings.json", json_text, settings),
        FileEdits(f"{folder}/.env", env_text, variables, secret=True),
    )


CLIENT = Client("gemini", "Gemini CLI", _edits, overriding=("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"))
