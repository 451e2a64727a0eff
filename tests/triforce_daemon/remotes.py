"""Daemons of tests with remote providers, all played by one scriptable upstream."""

from collections.abc import Callable, Sequence

from tests.scriptable_upstream.upstream import Upstream
from triforce_daemon.dialects.all import by_name
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.catalog import row_of
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.remote import Remote
from triforce_daemon.settings import Provider as ProviderSettings

KEY = Credential("work", "good-secret", "vault")


def remotes(
    upstream: Upstream, *names: str, keys: Sequence[Credential] = (KEY,)
) -> Callable[[Outbound], list[Provider]]:
    """For `served_daemon.serve`: these providers, each with the same keys, of which the upstream takes the good one."""

    def build(outbound: Outbound) -> list[Provider]:
        return [_remote(upstream, name, keys, outbound) for name in names]

    return build


def _remote(upstream: Upstream, name: str, keys: Sequence[Credential], outbound: Outbound) -> Provider:
    if name != "ollama":
        upstream.accept(name, KEY.secret)
    row = row_of(name, ProviderSettings(base_url=upstream.base_url(name)), {})
    return Remote(row, lambda _: keys, by_name(), outbound)
