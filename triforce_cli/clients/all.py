"""Every program that can be connected, by name."""

from triforce_cli.clients import claude, codex, gemini, opencode
from triforce_cli.clients.client import Client

CLIENTS: dict[str, Client] = {
    client.name: client for client in (codex.CLIENT, claude.CLIENT, gemini.CLIENT, opencode.CLIENT)
}
