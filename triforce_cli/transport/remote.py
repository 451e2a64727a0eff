"""HTTPS to a daemon on another machine, with a token: the same questions and answers as over the Unix socket."""

import socket
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

import httpx

from triforce_cli.errors import CertificateRejected, TriforceCliError
from triforce_cli.transport import replies
from triforce_cli.transport.limit import PATIENCE_SECONDS, Limit
from triforce_cli.transport.proxies import proxy_for
from triforce_cli.transport.remote_place import RemotePlace
from triforce_cli.transport.replies import EventStream, RawReply
from triforce_cli.transport.tls import LimitedContext
from triforce_cli.transport.trust import Remote

#: A network that has gone is noticed within a minute, also where nothing is to be said for long.
_KEEP_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4),
]
_UNAUTHENTICATED = 401


class Credential(Protocol):
    """By what a person is known to a remote daemon."""

    @property
    def lacking(self) -> bool:
        """Whether nothing is sent though something should be."""
        ...

    def token(self) -> str | None:
        """What to send; None: nothing."""
        ...

    def renewed(self, refused: str) -> str | None:
        """What to send instead of a token that was refused; None: there is nothing better."""
        ...


class RemoteTransport:
    """Speaks to the daemon of a context; opens a connection for each question."""

    def __init__(
        self, remote: Remote, credential: Credential, environ: Mapping[str, str], timeout: float | None = None
    ) -> None:
        """`timeout` limits each question as a whole, in seconds; None: answers may take their time."""
        self._remote = remote
        self._credential = credential
        self._proxy = proxy_for(remote.url, environ)
        self._place = RemotePlace(remote, self._proxy)
        self._timeout = timeout

    def reach(self) -> None:
        """Return where a daemon answers. Raises a TriforceCliError."""
        self.call("GET", "/v1/health")

    def call(self, method: str, target: str, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        """Ask, and return the JSON of the answer. Raises a TriforceCliError in every other case."""
        limit = Limit(self._timeout, PATIENCE_SECONDS)
        with self._explained(), self._client(limit) as client:
            response = self._ask(client, method, replies.with_query(target, query), body, limit)
            return self._json_of(response)

    def stream(self, method: str, target: str, body: object = None) -> EventStream:
        """Ask, and return the events of the answer as they come. Raises where the answer is an error."""
        limit = Limit(self._timeout, None)
        with self._explained(), ExitStack() as on_failure:
            client = on_failure.enter_context(self._client(limit))
            response = self._ask(client, method, target, body, limit)
            if not replies.is_stream(response.headers):
                self._json_of(response)
                raise self._place.stranger("no event stream came")
            on_failure.pop_all()
        raw = self._raw(client, response, limit)
        return EventStream(raw.read_line, raw.close, self._place)

    def raw(self, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> RawReply:
        """Ask in another protocol's words. Raises where no answer comes; any answer is the caller's to read."""
        limit = Limit(self._timeout, None)
        with self._explained(), ExitStack() as on_failure:
            client = on_failure.enter_context(self._client(limit))
            response = self._asked(client, method, target, content, headers, limit)
            on_failure.pop_all()
        return self._raw(client, response, limit)

    def _raw(self, client: httpx.Client, response: httpx.Response, limit: Limit) -> RawReply:
        lines = _lines(response.iter_bytes(), limit)

        def read_line() -> bytes:
            with self._explained():
                return next(lines, b"")

        def hang_up() -> None:
            response.close()
            client.close()

        return RawReply(response.status_code, response.headers, read_line, hang_up)

    def _client(self, limit: Limit) -> httpx.Client:
        remote = self._remote
        try:
            context = LimitedContext.of(remote.trust, limit)
        except OSError as error:
            raise CertificateRejected(
                f"The issuers in {remote.trust.ca} cannot be read: {error.strerror or error}.",
                "It has to be a file of certificates in PEM.",
            ) from None
        transport = httpx.HTTPTransport(verify=context, trust_env=False, proxy=self._proxy, socket_options=_KEEP_ALIVE)
        # What the environment says of proxies was read already; a password for this host in ~/.netrc is not meant.
        return httpx.Client(transport=transport, base_url=remote.url, trust_env=False, follow_redirects=False)

    def _ask(self, client: httpx.Client, method: str, target: str, body: object, limit: Limit) -> httpx.Response:
        headers, content = replies.request_of(body)
        return self._asked(client, method, target, content, headers, limit)

    def _asked(
        self,
        client: httpx.Client,
        method: str,
        target: str,
        content: bytes | None,
        headers: Mapping[str, str],
        limit: Limit,
    ) -> httpx.Response:
        def send(token: str | None) -> httpx.Response:
            # Compressed events would come in lumps.
            told = {**headers, "accept-encoding": "identity"}
            if token is not None:
                told["authorization"] = f"Bearer {token}"
            request = client.build_request(method, target, content=content, headers=told, timeout=limit.left())
            return client.send(request, stream=True)

        token = self._credential.token()
        response = send(token)
        if response.status_code == _UNAUTHENTICATED and token is not None:
            renewed = self._credential.renewed(token)
            if renewed is not None:
                response.close()
                response = send(renewed)
        self._place.anonymous = self._credential.lacking
        if response.is_redirect:
            response.close()
            raise self._place.elsewhere(response.headers.get("location", ""))
        return response

    def _json_of(self, response: httpx.Response) -> Any:
        try:
            content = response.read()
        finally:
            response.close()
        return replies.json_of(response.status_code, response.headers, content, self._place)

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Turn what httpx raises into errors that a person can read."""
        try:
            yield
        except (TimeoutError, httpx.TimeoutException):
            raise self._place.timed_out() from None
        except httpx.RemoteProtocolError as error:
            raise self._broken(error) from None
        except httpx.ConnectError as error:
            raise self._place.not_connected(_root_of(error)) from None
        except (httpx.ProxyError, httpx.ProtocolError) as error:
            raise self._place.unreachable(str(error) or "the proxy refuses") from None
        except httpx.TransportError:
            raise replies.went_away() from None

    def _broken(self, error: httpx.RemoteProtocolError) -> TriforceCliError:
        if "without" in str(error) or "incomplete" in str(error):
            return replies.went_away()
        return self._place.stranger(str(error))


def _lines(chunks: Iterator[bytes], limit: Limit) -> Iterator[bytes]:
    """What comes, cut at the ends of lines; what has none at the end of all is no line."""
    rest = b""
    for chunk in chunks:
        limit.left()
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"


def _root_of(error: BaseException) -> BaseException:
    """What the operating system or the TLS library said first."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
