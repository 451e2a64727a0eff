"""A small server of MCP on its pipes, of the revision 2025-11-25: does what its tools are called, well or badly.

stdio_server.py FILE: the JSON list in FILE is what it says of its tools, read anew each time that it is asked.
"""

import json
import os
import socket
import sys
import time
from typing import Any


def say(message: dict[str, Any]) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}], **more}


def asked(request: dict[str, Any]) -> dict[str, Any]:
    """What the client answers; whatever else it sends meanwhile is answered as well."""
    id = f"q{time.monotonic_ns()}"
    say({"id": id, **request})
    for line in sys.stdin:
        message = json.loads(line)
        if "method" not in message and message.get("id") == id:
            return message.get("result") or {"error": message["error"]["message"]}
        answer(message)
    sys.exit()


def tools() -> list[dict[str, Any]]:
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def reached(arguments: dict[str, Any]) -> dict[str, Any]:
    """What of these a server gets hold of."""
    found: list[str] = []
    for path in arguments.get("files", []):
        try:
            with open(path, "rb") as file:
                found += [path] if file.read(1) else []
        except OSError:
            continue
    for path in arguments.get("sockets", []):
        try:
            with socket.socket(socket.AF_UNIX) as one:
                one.connect(path)
            found.append(path)
        except OSError:
            continue
    for port in arguments.get("ports", []):
        try:
            socket.create_connection(("127.0.0.1", port), 2).close()
            found.append(str(port))
        except OSError:
            continue
    try:
        with open(os.path.expanduser("~/kept"), "a", encoding="utf-8") as file:
            file.write("x")
        found.append("home")
    except OSError:
        pass
    return text("looked", structuredContent={"found": found, "environ": dict(os.environ)})


def called(request: dict[str, Any]) -> dict[str, Any] | None:
    name, arguments = request["params"]["name"], request["params"].get("arguments") or {}
    token = request["params"].get("_meta", {}).get("progressToken")
    match name:
        case "echo":
            return text(arguments["words"], structuredContent={"said": arguments["words"]})
        case "picture":
            return {"content": [{"type": "image", "data": "aGk=", "mimeType": "image/png"}]}
        case "promise":
            return text("soon")
        case "fail":
            return text("that did not work", isError=True)
        case "steps":
            for step, total in ((1, 2), (2, 2), (5, None)):
                params = {"progressToken": token, "progress": step, "message": f"step\x1b[31m {step}"}
                say({"method": "notifications/progress", "params": params | ({"total": total} if total else {})})
            return text("walked")
        case "tell":
            say({"method": "notifications/tools/list_changed"})
            return text("told")
        case "ask":
            params = {"message": "Your \x1b[31mname?", "requestedSchema": {"type": "object", "properties": {}}}
            question = arguments.get("question") or {"method": "elicitation/create", "params": params}
            return text(json.dumps([asked(question) for _ in range(arguments.get("times", 1))]))
        case "log":
            say({"method": "notifications/message", "params": {"level": "info", "data": {"said": "\x1b[31mhi"}}})
            return text("logged")
        case "huge":
            return text("x" * (17 << 20))
        case "nonsense":
            return {"content": "nonsense"}
        case "die":
            print("no more", file=sys.stderr, flush=True)
            os._exit(3)
        case "eat":
            hoard = [b"x" * (1 << 20) for _ in range(arguments["megabytes"])]
            time.sleep(30)
            return text(str(len(hoard)))
        case "reach":
            return reached(arguments)
        case _:
            return None


def answer(request: dict[str, Any]) -> None:
    match request["method"]:
        case "initialize":
            info = {"name": "small", "version": "1"}
            capabilities = {"tools": {"listChanged": True}, "resources": {}, "prompts": {}, "completions": {}}
            result = {"protocolVersion": "2025-11-25", "capabilities": capabilities, "serverInfo": info}
            say({"id": request["id"], "result": result})
        case "tools/list":
            say({"id": request["id"], "result": {"tools": tools()}})
        case "tools/call":
            result = called(request)
            # What it does not know it never answers.
            if result is not None:
                say({"id": request["id"], "result": result})
        case "resources/list":
            hidden = {"uri": "note://a\u200b", "name": "hidden"}
            note = {"uri": "note://a?b=c", "name": "a\x1b[31m", "description": "One.", "mimeType": "text/x-note"}
            say({"id": request["id"], "result": {"resources": [note, hidden]}})
        case "resources/templates/list":
            found = [{"uriTemplate": "note://{name}", "name": "note", "mimeType": "text/x-note"}]
            say({"id": request["id"], "result": {"resourceTemplates": found}})
        case "resources/read":
            uri = request["params"]["uri"]
            found = [{"uri": "triforce://sessions/1", "mimeType": "text/x-note", "text": f"read {uri}"}]
            say({"id": request["id"], "result": {"contents": found}})
        case "prompts/list":
            arguments = [{"name": "who", "required": True}]
            say({"id": request["id"], "result": {"prompts": [{"name": "greet", "arguments": arguments}]}})
        case "prompts/get":
            words = {"type": "text", "text": f"Greet {request['params']['arguments']['who']}."}
            say({"id": request["id"], "result": {"messages": [{"role": "user", "content": words}]}})
        case "completion/complete":
            begun = request["params"]["argument"]["value"]
            values = [word for word in ("anna", "anton", "berta") if word.startswith(begun)]
            say({"id": request["id"], "result": {"completion": {"values": values}}})
        case "notifications/cancelled":
            with open(sys.argv[1] + ".cancelled", "w", encoding="utf-8") as file:
                file.write(str(request["params"]["requestId"]))
        case method if "id" in request:
            error = {"code": -32601, "message": f"There is no \x1b[31m{method}"}
            say({"id": request["id"], "error": error})
        case _:
            pass


print("This greeting is no message.", flush=True)
for line in sys.stdin:
    answer(json.loads(line))
