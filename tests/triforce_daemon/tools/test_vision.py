"""The tools for pictures and nearness, through the daemon."""

import base64

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.gateway import gateway
from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.ollama_house import with_ollama
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.sources.test_pictures import PNG
from tests.triforce_daemon.tools.core.test_answers import last
from tests.triforce_daemon.tools.test_files import call

URL = f"data:image/jpeg;base64,{base64.b64encode(PNG).decode()}"


async def test_a_model_looks_at_a_picture(folder: str) -> None:
    with open(f"{folder}/photo.txt", "wb") as file:
        file.write(PNG)
    async with gateway(folder) as house:
        served = house.served
        house.upstream.script("m", Script((Text(("A dot.",)),), usage=Usage(9, 2)))
        seen = (await call(served, "analyze_image", folder, image="photo.txt", prompt="What?", model="claude/m"))[
            "value"
        ]
        assert seen == {
            "text": "A dot.",
            "model": "claude/m",
            "usage": {"input_tokens": 9, "output_tokens": 2, "estimated": False},
        }
        sent = last(served)["messages"][0]["content"]
        # By its bytes, not by its name.
        assert sent[0]["source"] == {"type": "base64", "media_type": "image/png", "data": URL.partition(",")[2]}
        assert sent[1]["text"] == "What?"
        await run(served, "analyze_image", image=URL, model="groq/m")
        assert last(served)["messages"][0]["content"][0]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
        (first, second) = await house.ledger()
        assert (first["tokens_in"], first["model"], second["model"]) == (9, "claude/m", "groq/m")


async def test_who_does_not_see_is_not_asked(folder: str) -> None:
    async with with_ollama(folder) as served:
        await run(served, "ollama_pull", model="llava", wait=True)
        refused = (await run(served, "analyze_image", image=URL, model="ollama/qwen3:8b"))["error"]
        assert refused["code"] == "invalid_request" and "ollama/llama3.2-vision:latest" in refused["hint"]
        assert not [one for one in served.upstream.records if one.kind == "ollama_chat"]
        served.upstream.script("llava:7b", Script((Text(("A dot.",)),)))
        assert (await run(served, "analyze_image", image=URL, model="ollama/llava:7b"))["value"]["text"] == "A dot."


async def test_a_model_of_which_nothing_is_told_is_asked_by_name(served: ServedDaemon) -> None:
    """Some lists tell nothing but names."""
    named = f"{served.provider.name}/{served.provider.names[0]}"
    assert (await run(served, "analyze_image", image=URL, model=named))["value"]["text"] == "Hello there"


async def test_what_is_no_picture_is_refused(served: ServedDaemon, folder: str) -> None:
    with open(f"{folder}/x.png", "w") as file:
        file.write("<svg/>")
    with open(f"{folder}/large.png", "wb") as file:
        file.truncate((5 << 20) + 1)
    for image, code in (
        ("x.png", "source_unreadable"),
        ("nothing.png", "file_not_found"),
        ("../x.png", "path_refused"),
        ("data:image/png;base64,!", "invalid_request"),
        ("file:///etc/passwd", "invalid_request"),
        ("large.png", "payload_too_large"),
    ):
        assert (await call(served, "analyze_image", folder, image=image))["error"]["code"] == code
    assert not served.upstream.records
    token = await served.token("tools", name="reader")
    asked = {"arguments": {"image": URL}}
    _, reply = await served.over_http("POST", "/v1/tools/analyze_image/run", token, json=asked)
    assert reply["error"]["code"] == "forbidden"


async def test_texts_are_ranked_by_their_nearness(folder: str) -> None:
    async with with_ollama(folder) as served:
        asked = {"query": "a", "texts": ["b", "a", "c"], "model": "ollama/nomic-embed-text:latest"}
        near = (await run(served, "similarity", **asked, top_k=2))["value"]
        assert (near["model"], near["dimensions"], len(near["ranked"])) == (asked["model"], 768, 2)
        assert near["ranked"][0] == {"index": 1, "score": 1.0} and near["ranked"][1]["score"] < 0.9
        token = await served.token("tools", "inference", name="editor")
        async with connected(served, token, REVISIONS[-1]) as client:
            told = await client.call_tool("similarity", asked)
            assert told.structured_content and told.structured_content["ranked"][0]["index"] == 1
        assert (await run(served, "similarity", query="a", texts=[]))["error"]["code"] == "invalid_arguments"
