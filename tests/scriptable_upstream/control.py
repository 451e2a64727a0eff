"""The control routes: everything a test can do with an upstream, over HTTP from another process."""

import json
from collections.abc import Callable
from typing import Any

from tests.scriptable_upstream.answers import Answer, json_answer
from tests.scriptable_upstream.behaviour_text import NotUnderstood
from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.json_values import as_object
from tests.scriptable_upstream.plan import read_plan, write_plan
from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.script_json import NoScript, script_of
from tests.scriptable_upstream.upstream import Upstream

PREFIX = "/_upstream/"

Fields = dict[str, Any]


class Control:
    """
    GET requests?since=N · state · plan
    PUT plan (text) · keys {"groq": ["a"]} · scripts {"model", "script", "plan"} · github {"retired": false}
    POST queue {"script", "plan"} · reset
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self.routes: dict[str, Callable[[Request], Answer]] = {
            "GET requests": self._requests,
            "GET state": self._state,
            "GET plan": self._plan,
            "PUT plan": self._set_plan,
            "PUT keys": self._set_keys,
            "PUT scripts": self._set_script,
            "PUT github": self._set_github,
            "POST queue": self._enqueue,
            "POST reset": self._reset,
        }

    def is_meant(self, request: Request) -> bool:
        return request.target.startswith(PREFIX)

    def answer(self, request: Request) -> Answer:
        route = self.routes.get(f"{request.method} {request.path.removeprefix(PREFIX)}")
        if route is None:
            return json_answer({"error": f"no control route; there are {', '.join(self.routes)}"}, 404)
        try:
            return route(request)
        except (NotUnderstood, NoScript, ValueError, TypeError, KeyError, AttributeError) as error:
            return json_answer({"error": f"{type(error).__name__}: {error}"}, 400)

    def _requests(self, request: Request) -> Answer:
        since = int(request.query.get("since", "0"))
        return Answer(200, (("Content-Type", "application/json"),), (self._upstream.records.as_json(since),))

    def _state(self, _: Request) -> Answer:
        upstream = self._upstream
        return json_answer(
            {
                "requests": upstream.records.total,
                "open_requests": sum(record.open for record in upstream.records),
                "hung_up": sum(record.ended == "hung up" for record in upstream.records),
                "connections": len(upstream.connections),
                "connections_made": upstream.connections_made,
                "queued": len(upstream.choices.queue),
                "failures": [repr(failure) for failure in upstream.failures],
            }
        )

    def _plan(self, _: Request) -> Answer:
        return json_answer({"plan": write_plan(self._upstream.choices.plan)})

    def _set_plan(self, request: Request) -> Answer:
        self._upstream.plan(read_plan(request.body.decode()))
        return self._plan(request)

    def _set_keys(self, request: Request) -> Answer:
        for provider, keys in _object(request).items():
            self._upstream.accept(provider, *keys)
        return json_answer({"keys": {name: sorted(keys) for name, keys in self._upstream.keys.items()}})

    def _set_script(self, request: Request) -> Answer:
        given = _object(request)
        self._upstream.script(given["model"], *_turn(given))
        return json_answer({"models": sorted(self._upstream.choices.by_model)})

    def _set_github(self, request: Request) -> Answer:
        self._upstream.github_retired = bool(_object(request)["retired"])
        return json_answer({"retired": self._upstream.github_retired})

    def _enqueue(self, request: Request) -> Answer:
        self._upstream.enqueue(*_turn(_object(request)))
        return json_answer({"queued": len(self._upstream.choices.queue)})

    def _reset(self, _: Request) -> Answer:
        self._upstream.reset()
        return json_answer({})


def _object(request: Request) -> Fields:
    value = as_object(json.loads(request.body))
    if not value:
        raise TypeError("a JSON object is wanted")
    return value


def _turn(given: Fields) -> tuple[Script | None, str | None]:
    script = given.get("script")
    return script_of(script) if script else None, given.get("plan")
