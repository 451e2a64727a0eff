"""The daemon's routes as methods: one each, wire types in and out. Errors are those of `triforce_cli.errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triforce_cli.contexts import Globals, transport
from triforce_cli.kept_routes import escaped
from triforce_cli.launcher import ensure_daemon
from triforce_cli.mounted_routes import MountedRoutes
from triforce_cli.transport.replies import EventStream
from triforce_cli.transport.unix_socket import SocketTransport

if TYPE_CHECKING:
    from triforce_daemon.wire.approvals import ApprovalAnswer, ApprovalDetail, ApprovalList
    from triforce_daemon.wire.audit import AuditCheck, AuditList, Receipt
    from triforce_daemon.wire.config import (
        ChangedSetting,
        ConfigCheck,
        ConfigSchema,
        Reloaded,
        SettingDetail,
        SettingList,
    )
    from triforce_daemon.wire.doctor import CheckList
    from triforce_daemon.wire.keys import KeyKept, KeyList, KeyPlaces, KeyRemoved, KeyTestList, NewKey
    from triforce_daemon.wire.limits import LimitList
    from triforce_daemon.wire.logs import LogList
    from triforce_daemon.wire.models import (
        AliasChange,
        DefaultModel,
        Model,
        ModelAlias,
        ModelAliasList,
        ModelList,
        PullRequest,
        RefreshList,
        RefreshRequest,
        Removed,
        Why,
    )
    from triforce_daemon.wire.providers import (
        ProviderDetail,
        ProviderLimitsList,
        ProviderList,
        ProviderSwitched,
        ProviderTestList,
        ProviderTestRequest,
    )
    from triforce_daemon.wire.routing import RoutePlan
    from triforce_daemon.wire.sessions import (
        Fork,
        ImportRequest,
        Pruned,
        PruneRequest,
        SearchResult,
        Session,
        SessionChange,
        SessionDetail,
        SessionList,
        TurnRequest,
    )
    from triforce_daemon.wire.status import Status, Stopping
    from triforce_daemon.wire.tokens import NewToken, TokenDetail, TokenList, TokenRequest
    from triforce_daemon.wire.tools import ToolDetail, ToolList, ToolRun, ToolSearch, ToolsetList
    from triforce_daemon.wire.undo import Undone
    from triforce_daemon.wire.usage import UsageKey, UsageList
    from triforce_daemon.wire.users import (
        InvitationList,
        InvitationMade,
        NewInvitation,
        NewUser,
        Profile,
        TierPage,
        UserDetail,
        UserExport,
        UserList,
        UserPatch,
        UserRemoved,
        UserRevoked,
    )


class DaemonClient(MountedRoutes):
    """Asks the daemon to which `transport` leads."""

    @classmethod
    def at(cls, socket: str, timeout: float | None = None) -> DaemonClient:
        """A client of the daemon behind a Unix socket; `timeout` limits each question, in seconds."""
        return cls(SocketTransport(socket, timeout))

    @classmethod
    def of(cls, chosen: Globals) -> DaemonClient:
        """A client of the daemon that the global flags lead to, whether it runs or not."""
        return cls(transport(chosen))

    @classmethod
    def started(cls, chosen: Globals) -> DaemonClient:
        """The same, of a daemon that runs: where there is none on this machine, one is started first."""
        ensure_daemon(chosen)
        return cls.of(chosen)

    # The daemon

    def health(self) -> dict[str, str]:
        return self._transport.call("GET", "/v1/health")

    def status(self) -> Status:
        return self._transport.call("GET", "/v1/status")

    def doctor(self) -> CheckList:
        return self._transport.call("GET", "/v1/doctor")

    def stop(self) -> Stopping:
        return self._transport.call("POST", "/v1/daemon/stop")

    def reload(self) -> Reloaded:
        """Read the configuration anew; says what holds at once, and what only from the next start."""
        return self._transport.call("POST", "/v1/daemon/reload")

    # Models

    def models(self, provider: str | None = None) -> ModelList:
        return self._transport.call("GET", "/v1/registry/models", {"provider": provider})

    def model(self, model: str) -> Model:
        return self._transport.call("GET", f"/v1/registry/models/{escaped(model, '/')}")

    def default_model(self) -> DefaultModel:
        return self._transport.call("GET", "/v1/registry/default")

    def set_default_model(self, model: str) -> DefaultModel:
        return self._transport.call("PUT", "/v1/registry/default", body={"model": model})

    def aliases(self) -> ModelAliasList:
        return self._transport.call("GET", "/v1/registry/aliases")

    def set_alias(self, name: str, change: AliasChange) -> ModelAlias:
        return self._transport.call("PUT", f"/v1/registry/aliases/{escaped(name)}", body=change)

    def remove_alias(self, name: str) -> dict[str, str]:
        return self._transport.call("DELETE", f"/v1/registry/aliases/{escaped(name)}")

    def refresh_models(self, request: RefreshRequest) -> RefreshList:
        return self._transport.call("POST", "/v1/registry/refresh", body=request)

    def why(self, model: str) -> Why:
        return self._transport.call("GET", "/v1/registry/why", {"model": model})

    def remove_model(self, model: str) -> Removed:
        return self._transport.call("DELETE", f"/v1/registry/models/{escaped(model, '/')}")

    def pull(self, request: PullRequest) -> EventStream:
        """PullProgress events, then PullDone or an error event."""
        return self._transport.stream("POST", "/v1/registry/pull", request)

    # Sessions

    def sessions(
        self, limit: int | None = None, since: str | None = None, model: str | None = None, after: str | None = None
    ) -> SessionList:
        """One page, newest first; `after` is the `next` of the page before."""
        query = {"limit": limit, "since": since, "model": model, "after": after}
        return self._transport.call("GET", "/v1/sessions", query)

    def search(self, query: str, limit: int | None = None) -> SearchResult:
        return self._transport.call("GET", "/v1/sessions/search", {"query": query, "limit": limit})

    def session(self, session: str) -> SessionDetail:
        return self._transport.call("GET", _session(session))

    def change_session(self, session: str, change: SessionChange) -> SessionDetail:
        return self._transport.call("PATCH", _session(session), body=change)

    def delete_session(self, session: str) -> Session:
        return self._transport.call("DELETE", _session(session))

    def fork(self, session: str, fork: Fork) -> SessionDetail:
        return self._transport.call("POST", f"{_session(session)}/fork", body=fork)

    def import_sessions(self, request: ImportRequest) -> SessionList:
        return self._transport.call("POST", "/v1/sessions/import", body=request)

    def prune(self, request: PruneRequest) -> Pruned:
        return self._transport.call("POST", "/v1/sessions/prune", body=request)

    def turn(self, session: str, request: TurnRequest) -> EventStream:
        """TurnEvents; `session` "new" begins one. Close the stream to stop the answer."""
        return self._transport.stream("POST", f"{_session(session)}/turns", request)

    def plan(self, session: str, request: TurnRequest) -> RoutePlan:
        """Where a turn would go, with `dry_run` in the request."""
        return self._transport.call("POST", f"{_session(session)}/turns", body=request)

    # Tokens

    def tokens(self, revoked: bool = False) -> TokenList:
        return self._transport.call("GET", "/v1/tokens", {"revoked": "true" if revoked else None})

    def create_token(self, request: TokenRequest) -> NewToken:
        return self._transport.call("POST", "/v1/tokens", body=request)

    def revoke_token(self, token: str) -> TokenDetail:
        return self._transport.call("DELETE", f"/v1/tokens/{escaped(token)}")

    # Accounts

    def profile(self) -> Profile:
        """Who asks, as the daemon sees him."""
        return self._transport.call("GET", "/v1/client/profile")

    def tier(self) -> TierPage:
        return self._transport.call("GET", "/v1/client/tier")

    def users(self) -> UserList:
        return self._transport.call("GET", "/v1/users")

    def user(self, user: str) -> UserDetail:
        return self._transport.call("GET", _user(user))

    def create_user(self, request: NewUser) -> UserDetail:
        return self._transport.call("POST", "/v1/users", body=request)

    def change_user(self, user: str, patch: UserPatch) -> UserDetail:
        return self._transport.call("PATCH", _user(user), body=patch)

    def remove_user(self, user: str, erase: bool = False) -> UserRemoved:
        return self._transport.call("DELETE", _user(user), {"erase": "true" if erase else None})

    def export_user(self, user: str) -> UserExport:
        return self._transport.call("GET", f"{_user(user)}/export")

    def revoke_user(self, user: str) -> UserRevoked:
        return self._transport.call("POST", f"{_user(user)}/revoke")

    def create_user_token(self, user: str, request: TokenRequest) -> NewToken:
        return self._transport.call("POST", f"{_user(user)}/tokens", body=request)

    def invitations(self) -> InvitationList:
        return self._transport.call("GET", "/v1/invitations")

    def invite(self, request: NewInvitation) -> InvitationMade:
        return self._transport.call("POST", "/v1/invitations", body=request)

    def withdraw_invitation(self, invitation: str) -> dict[str, str]:
        return self._transport.call("DELETE", f"/v1/invitations/{escaped(invitation)}")

    # Keys of providers

    def keys(self) -> KeyList:
        return self._transport.call("GET", "/v1/keys")

    def key_places(self, provider: str | None = None) -> KeyPlaces:
        return self._transport.call("GET", "/v1/keys/where", {"provider": provider})

    def test_keys(self, providers: list[str]) -> KeyTestList:
        return self._transport.call("POST", "/v1/keys/test", body={"providers": providers})

    def set_key(self, provider: str, key: NewKey) -> KeyKept:
        return self._transport.call("PUT", f"/v1/keys/{escaped(provider)}", body=key)

    def remove_key(self, provider: str, name: str | None = None) -> KeyRemoved:
        return self._transport.call("DELETE", f"/v1/keys/{escaped(provider)}", {"name": name})

    # Providers

    def providers(self) -> ProviderList:
        return self._transport.call("GET", "/v1/providers")

    def provider(self, name: str) -> ProviderDetail:
        return self._transport.call("GET", f"/v1/providers/{escaped(name)}")

    def provider_limits(self, name: str | None = None) -> ProviderLimitsList:
        return self._transport.call("GET", "/v1/providers/limits", {"provider": name})

    def test_providers(self, request: ProviderTestRequest) -> ProviderTestList:
        return self._transport.call("POST", "/v1/providers/test", body=request)

    def switch_provider(self, name: str, enabled: bool) -> ProviderSwitched:
        return self._transport.call("PATCH", f"/v1/providers/{escaped(name)}", body={"enabled": enabled})

    # Tools

    def tools(self, toolset: str | None = None, every: bool = False) -> ToolList:
        return self._transport.call("GET", "/v1/tools", {"toolset": toolset, "every": "true" if every else None})

    def tool(self, name: str) -> ToolDetail:
        return self._transport.call("GET", f"/v1/tools/{escaped(name)}")

    def search_tools(self, query: str, limit: int) -> ToolSearch:
        return self._transport.call("GET", "/v1/tools/search", {"query": query, "limit": limit})

    def toolsets(self) -> ToolsetList:
        return self._transport.call("GET", "/v1/toolsets")

    def run_tool(self, name: str, request: ToolRun) -> EventStream:
        """Events of its progress, then a ToolResult or an error event."""
        return self._transport.stream("POST", f"/v1/tools/{escaped(name)}/run", request)

    def approvals(self, state: str | None = None) -> ApprovalList:
        return self._transport.call("GET", "/v1/approvals", {"state": state})

    def approval(self, approval: str, wait: float | None = None) -> ApprovalDetail:
        return self._transport.call("GET", f"/v1/approvals/{escaped(approval)}", {"wait": wait})

    def answer_approval(self, approval: str, answer: ApprovalAnswer) -> ApprovalDetail:
        return self._transport.call("POST", f"/v1/approvals/{escaped(approval)}", body=answer)

    def revoke_approval(self, approval: str) -> ApprovalDetail:
        return self._transport.call("DELETE", f"/v1/approvals/{escaped(approval)}")

    # Usage, audit and settings

    def limits(self, user: str | None = None) -> LimitList:
        return self._transport.call("GET", "/v1/usage/limits", {"user": user})

    def usage(self, by: UsageKey, since: str | None = None, client: str | None = None) -> UsageList:
        return self._transport.call("GET", "/v1/usage", {"by": by, "since": since, "client": client})

    def audit(self, **wanted: str | int | None) -> AuditList:
        """The newest first, by `kind`, `caller`, `since` and `request`; at most `limit`."""
        return self._transport.call("GET", "/v1/audit", wanted)

    def verify_audit(self) -> AuditCheck:
        return self._transport.call("GET", "/v1/audit/verify")

    def logs(self, **wanted: str | int | None) -> LogList:
        """The newest first, by `category`, `level`, `since` and `request`; at most `limit`."""
        return self._transport.call("GET", "/v1/logs", wanted)

    def receipt(self, request: str, verify: bool = False) -> Receipt:
        return self._transport.call("GET", f"/v1/receipts/{escaped(request)}", {"verify": "true" if verify else None})

    def undo(self, receipt: str) -> Undone:
        return self._transport.call("POST", f"/v1/receipts/{escaped(receipt)}/undo")

    def settings(self) -> SettingList:
        return self._transport.call("GET", "/v1/config")

    def setting(self, key: str) -> SettingDetail:
        return self._transport.call("GET", f"/v1/config/{escaped(key)}")

    def settings_schema(self) -> ConfigSchema:
        return self._transport.call("GET", "/v1/config/schema")

    def check_settings(self) -> ConfigCheck:
        return self._transport.call("GET", "/v1/config/check")

    def change_setting(self, key: str, value: object) -> ChangedSetting:
        return self._transport.call("PUT", f"/v1/config/{escaped(key)}", body={"value": value})

    def reset_setting(self, key: str) -> ChangedSetting:
        return self._transport.call("DELETE", f"/v1/config/{escaped(key)}")


def _user(user: str) -> str:
    return f"/v1/users/{escaped(user)}"


def _session(session: str) -> str:
    return f"/v1/sessions/{escaped(session)}"
