"""The tools for documents, through the daemon."""

import json

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.children.documents.made import docx, paragraph, pdf
from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.site import Answer, site
from tests.triforce_daemon.tools.test_files import call

REPORT = pdf("It was blue on Monday.", "It was red on Tuesday.", title="Colours")


def answers(served: ServedDaemon, *values: object) -> None:
    for value in values:
        served.upstream.enqueue(Script((Text((json.dumps(value),)),), usage=Usage(5, 3)))


async def test_a_document_is_read_summarised_and_translated(served: ServedDaemon, folder: str) -> None:
    with open(f"{folder}/report", "wb") as file:
        file.write(REPORT)
    with open(f"{folder}/a.docx", "wb") as file:
        file.write(docx(paragraph("Guten Tag")))
    read = (await call(served, "document_read", folder, source="report"))["value"]
    assert read == {
        "text": "It was blue on Monday.\n\nIt was red on Tuesday.",
        "pages": 2,
        "type": "pdf",
        "title": "Colours",
        "truncated": False,
    }
    second = (await call(served, "document_read", folder, source="report", pages="2-", max_chars=6))["value"]
    assert (second["text"], second["truncated"]) == ("It was", True)
    beyond = await call(served, "document_read", folder, source="report", pages="3")
    assert beyond["error"]["code"] == "invalid_arguments" and "2 pages" in beyond["error"]["message"]
    answers(served, {"summary": "Colours.", "quotes": ["It was red on Tuesday.", "It was green."]})
    made = (await call(served, "document_summarize", folder, source="report", language="English"))["value"]
    assert made["summary"] == "Colours." and made["quotes"] == [{"text": "It was red on Tuesday.", "page": 2}]
    assert made["usage"] == {"input_tokens": 5, "output_tokens": 3, "estimated": False}
    answers(served, {"translations": [{"number": 1, "text": "Good day"}]})
    asked = {"source": "a.docx", "to": "English", "glossary": {"Tag": "day"}}
    assert (await call(served, "document_translate", folder, **asked))["value"]["text"] == "Good day"
    _, used = await served.get("/v1/usage")
    assert sum(item["requests"] for item in used["items"]) == 2


async def test_what_is_no_document(served: ServedDaemon, folder: str) -> None:
    with open(f"{folder}/program", "wb") as file:
        file.write(b"\x7fELF\0\0\0")
    for source, code in (
        ("program", "source_unreadable"),
        ("nothing.pdf", "file_not_found"),
        ("../x.pdf", "path_refused"),
        ("/etc/passwd", "path_refused"),
        ("file:///etc/passwd", "invalid_request"),
        ("https://169.254.169.254/latest", "address_refused"),
        ("http://127.0.0.1:9/", "address_refused"),
    ):
        assert (await call(served, "document_read", folder, source=source))["error"]["code"] == code, source
    assert (await call(served, "document_summarize", folder, source="program"))["error"]["code"] == "source_unreadable"
    assert not served.upstream.records
    token = await served.token("tools", name="reader")
    async with connected(served, token, REVISIONS[-1]) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert "document_read" in names and "document_translate" not in names
        told = await client.call_tool("document_read", {"source": "data:text/plain;base64,aGVsbG8="})
        assert told.structured_content and told.structured_content["text"] == "hello"


async def test_a_document_of_the_web(folder: str) -> None:
    page = Answer("<title>A page</title><p>grün".encode("latin-1"), type="text/html; charset=latin-1")
    pages = {"/a/report.pdf": Answer(REPORT, type="text/plain"), "/page": page}
    async with serve(folder, web__allow="127.0.0.1", web__delay_seconds="0") as served, site(pages) as running:
        read = (await call(served, "document_read", folder, source=f"{running.url}/a/report.pdf"))["value"]
        assert (read["type"], read["pages"]) == ("pdf", 2)
        read = (await call(served, "document_read", folder, source=f"{running.url}/page"))["value"]
        assert (read["type"], read["title"], read["text"]) == ("html", "A page", "grün")
        missing = await call(served, "document_read", folder, source=f"{running.url}/nothing")
        assert missing["error"]["code"] == "upstream_failed" and "404" in missing["error"]["message"]
        seen = await call(served, "analyze_image", folder, image=f"{running.url}/page")
        assert seen["error"]["code"] == "source_unreadable"
