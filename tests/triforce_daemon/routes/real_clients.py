"""The providers' own Python clients, pointed at the daemon's socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anthropic
import httpx
import httpx2
import ollama
import openai
from google import genai
from google.genai import types

from tests.triforce_daemon.served_daemon import ServedDaemon

HOST = "http://triforced"


def openai_client(served: ServedDaemon) -> openai.AsyncOpenAI:
    transport = httpx2.AsyncHTTPTransport(uds=served.places.socket)
    http = openai.DefaultAsyncHttpxClient(transport=transport)
    return openai.AsyncOpenAI(base_url=f"{HOST}/v1", api_key="none", http_client=http, max_retries=0)


def anthropic_client(served: ServedDaemon) -> anthropic.AsyncAnthropic:
    transport = httpx2.AsyncHTTPTransport(uds=served.places.socket)
    http = anthropic.DefaultAsyncHttpxClient(transport=transport)
    return anthropic.AsyncAnthropic(base_url=HOST, api_key="none", http_client=http, max_retries=0)


@asynccontextmanager
async def gemini_client(served: ServedDaemon, version: str = "v1beta") -> AsyncIterator[genai.Client]:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=served.places.socket)) as http:
        options = types.HttpOptions(base_url=HOST, api_version=version, httpx_async_client=http)
        yield genai.Client(api_key="none", http_options=options)


@asynccontextmanager
async def ollama_client(served: ServedDaemon) -> AsyncIterator[ollama.AsyncClient]:
    async with httpx.AsyncHTTPTransport(uds=served.places.socket) as transport:
        yield ollama.AsyncClient(host=HOST, transport=transport)
