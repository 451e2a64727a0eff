"""From a request to what is done about it: who may ask, what is answered, and how."""

import math
import secrets
import time
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache

from tests.scriptable_upstream import embeddings, token_counts
from tests.scriptable_upstream.answers import Answer, Headers, json_answer
from tests.scriptable_upstream.behaviour import OK, Behaviour
from tests.scriptable_upstream.behaviour_text import NotUnderstood, write_behaviour
from tests.scriptable_upstream.connection import Connection, Prompt
from tests.scriptable_upstream.control import Control
from tests.scriptable_upstream.credentials import presented, refusal
from tests.scriptable_upstream.generated import GENERATING, Generated
from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.mangling import mangled, mangled_whole
from tests.scriptable_upstream.model_lists import model_list, one_model, pulled
from tests.scriptable_upstream.performance import Performance
from tests.scriptable_upstream.plan import Case
from tests.scriptable_upstream.provider_errors import Problem, github_gone, problem_of
from tests.scriptable_upstream.providers import PROVIDERS
from tests.scriptable_upstream.records import Recorded
from tests.scriptable_upstream.requirements import unmet
from tests.scriptable_upstream.rotation import SHORT, WORDS, rotated
from tests.scriptable_upstream.routes import Kind, Route, find_route, provider_of
from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.script_json import NoScript
from tests.scriptable_upstream.stamps import Stamp, numbered
from tests.scriptable_upstream.upstream import Upstream

EMBEDDING: frozenset[Kind] = frozenset(
    {"embeddings", "embed_content", "embed_contents", "ollama_embed", "ollama_embed_prompt"}
)
LISTS: frozenset[Kind] = frozenset({"models", "search", "tags", "running", "version", "key"})
COMPUTED = {
    "count_tokens": token_counts.anthropic,
    "count_content": token_counts.gemini,
    "embed_content": embeddings.gemini_one,
    "embed_contents": embeddings.gemini_many,
    "ollama_embed": embeddings.ollama,
    "ollama_embed_prompt": embeddings.ollama_prompt,
    "embeddings": embeddings.openai,
}
#: Words that say what is answered, not how it is sent.
OF_CONTENT = {name: getattr(OK, name) for name in ("status", "error", "retry_after", "html", "location", "words")}
PAGE = b"<html><head><title>%d</title></head><body><center><h1>%d</h1></center><hr>cloudflare</body></html>\n"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that has a route, and what belongs to its answer."""

    request: Request
    route: Route
    record: Recorded
    stamp: Stamp
    connection: Connection

    def send(self, answer: Answer, behaviour: Behaviour = OK) -> Prompt | Performance:
        """A whole answer."""
        self.record.status = answer.status
        if sent_plainly(behaviour):
            return prompt(answer.raw(), answer.status, self.record)
        body = mangled_whole(b"".join(answer.events), behaviour)
        return Performance(answer, body, behaviour, self.connection, self.record)


class Serving:
    """Makes the connections of an upstream and answers what comes in on them."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._generated = Generated()
        self._control = Control(upstream)
        self._nonce = secrets.token_hex(4)

    def connection(self) -> Connection:
        upstream = self._upstream
        upstream.connections_made += 1
        number, gone = upstream.connections_made, upstream.connections.discard
        connection = Connection(number, self._serve, upstream.failures.append, gone)
        upstream.connections.add(connection)
        return connection

    def _serve(self, request: Request, connection: Connection) -> Prompt | Performance:
        if self._control.is_meant(request):
            return Prompt(self._control.answer(request).raw(), Recorded(-1, request, connection.number, 0.0))
        record = self._upstream.records.add(request, connection.number)
        stamp = numbered(record.number, int(time.time()), self._nonce)
        route = find_route(request.method, request.path, request.header("anthropic-version") is not None)
        if route is None:
            return prompt(_nowhere(request, stamp).raw(), 404, record)
        _describe(record, route, request)
        try:
            return self._answer(Exchange(request, route, record, stamp, connection))
        except (NotUnderstood, NoScript) as error:
            answer = json_answer({"error": {"message": str(error), "type": "scriptable_upstream"}}, 400)
            return prompt(answer.raw(), 400, record)

    def _answer(self, exchange: Exchange) -> Prompt | Performance:
        route, record = exchange.route, exchange.record
        refused = self._refused(exchange)
        if refused:
            return exchange.send(refused)
        generates = route.kind in GENERATING
        kind = "answers" if generates or route.kind in EMBEDDING else "lists"
        case = Case(kind, route.provider.name, record.model, record.key)
        script, behaviour = self._upstream.choices.choose(exchange.request, case, generates)
        if behaviour is not OK:
            record.behaviour = write_behaviour(behaviour)
        if behaviour.status and behaviour.status != 200:
            return exchange.send(_told(exchange, behaviour), behaviour)
        if generates:
            return self._generate(exchange, script, behaviour)
        return exchange.send(self._fixed(exchange), behaviour)

    def _refused(self, exchange: Exchange) -> Answer | None:
        """Why this request gets no answer, whatever is scripted."""
        provider, stamp, upstream = exchange.route.provider, exchange.stamp, self._upstream
        if provider.name == "github" and upstream.github_retired:
            return provider.answer(github_gone(), stamp, 410)
        problem = refusal(provider, exchange.request, upstream.keys.get(provider.name))
        if problem is None and upstream.strict:
            problem = unmet(exchange.route, exchange.request)
        return provider.error(replace(problem, request=stamp.serial), stamp) if problem else None

    def _generate(self, exchange: Exchange, script: Script | None, behaviour: Behaviour) -> Prompt | Performance:
        route, request, record, stamp = exchange.route, exchange.request, exchange.record, exchange.stamp
        words = SHORT if behaviour.words is None else behaviour.words
        own = script or rotated(record.number % len(WORDS), words)
        if script is None and sent_plainly(behaviour):
            return prompt(self._generated.prompt(route, request, own, stamp), 200, record)
        answer, makings = self._generated.answer(route, request, own, stamp)
        if answer.streamed:
            record.status = answer.status
            if sent_plainly(behaviour):
                return prompt(answer.raw(), answer.status, record, len(answer.events))
            body = mangled(answer.events, behaviour, makings)
            return Performance(answer, body, behaviour, exchange.connection, record)
        if behaviour.error_in_stream_at is not None:
            # There is no stream: the error comes with a status that says that all is well.
            answer = route.provider.error(Problem(200, "server", request=stamp.serial), stamp)
        return exchange.send(answer, behaviour)

    def _fixed(self, exchange: Exchange) -> Answer:
        """What follows from the request alone."""
        route, request, scripted = exchange.route, exchange.request, self._upstream.choices.by_model
        if route.kind in LISTS:
            return model_list(route, request, scripted, exchange.stamp)
        if route.kind == "pull":
            return pulled(route, request, exchange.stamp)
        if route.kind in ("model", "show", "delete"):
            return one_model(route, request, scripted, exchange.stamp)
        return route.provider.answer(COMPUTED[route.kind](request.fields), exchange.stamp)


@lru_cache(maxsize=4096)
def sent_plainly(behaviour: Behaviour) -> bool:
    """Whether an answer goes out at once and whole."""
    return replace(behaviour, **OF_CONTENT) == OK


def prompt(data: bytes, status: int, record: Recorded, events: int = 1) -> Prompt:
    record.status, record.events_sent, record.bytes_sent = status, events, len(data)
    return Prompt(data, record)


def _describe(record: Recorded, route: Route, request: Request) -> None:
    record.provider, record.kind = route.provider.name, route.kind
    record.model = route.model or str(request.fields.get("model", "") if request.body else "")
    record.key = presented(route.provider, request)


def _nowhere(request: Request, stamp: Stamp) -> Answer:
    provider = provider_of(request.path) or PROVIDERS["openai"]
    return provider.error(Problem(404, "route", f"Unknown request URL: {request.method} {request.path}."), stamp)


def _told(exchange: Exchange, behaviour: Behaviour) -> Answer:
    """The answer that a status asks for."""
    status, retry_after = behaviour.status or 500, behaviour.retry_after
    more: Headers = (("Retry-After", _date(retry_after)),) if retry_after else ()
    more += (("Location", behaviour.location),) if behaviour.location else ()
    if behaviour.html:
        return Answer(status, (("Content-Type", "text/html; charset=UTF-8"), *more), (PAGE % (status, status),))
    problem = problem_of(status, behaviour.error, request=exchange.stamp.serial, retry_after=retry_after)
    return exchange.route.provider.error(problem, exchange.stamp, more)


def _date(retry_after: str) -> str:
    """`date+2` as the date two seconds from now; later by less than one, for a date knows no fractions."""
    if not retry_after.startswith("date+"):
        return retry_after
    return formatdate(math.ceil(time.time() + float(retry_after.removeprefix("date+"))), usegmt=True)
