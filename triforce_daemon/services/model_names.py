"""What a name means: an id, an alias, a pattern, or a bare name that only one provider has."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice

from triforce_daemon.errors import ModelNotFound
from triforce_daemon.providers.destination import destination
from triforce_daemon.providers.listings import values
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.near import near
from triforce_daemon.services.aliases import Alias, Aliases
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.model_guesses import Sees
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.newest import newest_first
from triforce_daemon.wire.constants import DEFAULT_ALIAS

#: How many candidates of an alias are weighed for a request; a pattern may stand for hundreds of models.
MOST = 32
#: How many names are remembered.
MOST_KNOWN = 10_000

_VERSION = re.compile(r"-(\d{3,8}|\d{4}-\d\d-\d\d)|:latest")


class ModelNames:
    """Remembers what it found until `forget`: a known name costs one look into a table."""

    def __init__(
        self, providers: Sequence[Provider], lists: ModelLists, aliases: Aliases, ready: Callable[[Candidate], bool]
    ) -> None:
        """`ready` says whether a candidate can be called at this moment."""
        self._providers = {provider.name: provider for provider in providers}
        self._lists = lists
        self._aliases = aliases
        self._ready = ready
        self.known: dict[str, Resolution] = {}
        self._behind: dict[str, tuple[Candidate, ...]] = {}

    def admit(self, provider: Provider) -> None:
        self._providers[provider.name] = provider

    def dismiss(self, name: str) -> None:
        del self._providers[name]

    def forget(self) -> None:
        """The lists, the aliases or the default have changed."""
        self.known.clear()
        self._behind.clear()

    def find(self, asked: str, meant: str) -> Resolution | None:
        """What `asked` stands for; `meant` is the same, or what the default is. None where it stands for nothing."""
        alias = self._aliases.get(meant)
        if alias is not None:
            return Resolution(asked, meant, alias.boundary, alias.order, self.weighed(alias))
        candidate = self._named(meant)
        if candidate is None:
            return None
        found = Resolution(asked, None, "any", "priority", (candidate,))
        if candidate.listed is not None or candidate.provider.refresh_seconds:
            self._remember(asked, found)
        return found

    def _remember(self, asked: str, found: Resolution) -> None:
        if len(self.known) >= MOST_KNOWN:
            # Names that nobody lists anybody may think of.
            self.known.clear()
        self.known[asked] = found

    def behind(self, alias: Alias) -> tuple[Candidate, ...]:
        """All that an alias stands for, whether it can be called or not."""
        if alias.name not in self._behind:
            found = (candidate for entry in alias.models for candidate in self._standing_for(entry))
            self._behind[alias.name] = tuple({candidate.id: candidate for candidate in found}.values())
        return self._behind[alias.name]

    def weighed(self, alias: Alias) -> tuple[Candidate, ...]:
        """The candidates for a request: where there are too many, those that can be called."""
        candidates = self.behind(alias)
        if len(candidates) <= MOST:
            return candidates
        ready = islice(filter(self._ready, candidates), MOST)
        return tuple(ready) or candidates[:MOST]

    def default(self) -> str:
        """The first model of this machine: what nobody has sent anywhere stays here. Empty where there is none."""
        local = (
            f"{provider.name}/{name}"
            for provider in self._providers.values()
            if provider.boundary == "machine"
            for name, listed in self._lists.of(provider.name).models.items()
            if "chat" in listed.abilities and destination(provider, name, listed) == "machine"
        )
        return next(local, "")

    def _standing_for(self, entry: str) -> Iterator[Candidate]:
        if "*" not in entry:
            candidate = self._named(entry)
            if candidate is not None:
                yield candidate
            return
        owner, _, pattern = entry.partition("/")
        for provider in self._providers.values():
            if fnmatchcase(provider.name, owner):
                models = self._lists.of(provider.name).models
                fitting = (name for name, listed in models.items() if listed.abilities and fnmatchcase(name, pattern))
                for name in newest_first(fitting):
                    yield Candidate(provider, name, models[name])

    def _named(self, name: str) -> Candidate | None:
        return self._by_id(name) or self._by_bare_name(name)

    def _by_id(self, id: str) -> Candidate | None:
        """An explicit `provider/name`. What its provider listed once, or may call a variant, is its own to refuse."""
        owner, _, name = id.partition("/")
        provider = self._providers.get(owner)
        if provider is None or values.name(name) is None:
            return None
        fetched = self._lists.of(owner)
        if provider.dialect == "ollama" and name not in fetched.models and f"{name}:latest" in fetched.models:
            name = f"{name}:latest"
        listed = fetched.models.get(name)
        if listed is None and fetched.at_ms is not None and name not in fetched.gone:
            known = not provider.lists_all or (provider.refresh_seconds and _is_kin(name, fetched.models))
            return Candidate(provider, name) if known else None
        return Candidate(provider, name, listed)

    def _by_bare_name(self, name: str) -> Candidate | None:
        having = [
            Candidate(provider, name, listed)
            for provider in self._providers.values()
            if (listed := self._lists.of(provider.name).models.get(name)) is not None
        ]
        return having[0] if len(having) == 1 else None

    def unknown(self, name: str, sees: Sees | None = None) -> ModelNotFound:
        """The error, with near names of those that somebody `sees`; among thousands of models that takes its time."""
        name = name if len(name) <= values.LONGEST_NAME else f"{name[: values.LONGEST_NAME]}…"
        if not self._providers:
            return ModelNotFound(f"There is no model `{name}`.", "No provider is enabled; see `triforce status`.")
        if not name:
            return ModelNotFound("No model is named, and there is no default.", "`triforce models default MODEL`")
        alike = self._names_like(name, sees) if sees is not None else []
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "`triforce models list` shows the models there are."
        return ModelNotFound(f"There is no model `{name}`.", hint, near=alike)

    def _names_like(self, name: str, sees: Sees) -> list[str]:
        seen = [candidate.id for candidate in self._all() if sees.model(candidate)]
        return _near(name, seen, [alias.name for alias in self._aliases.all() if sees.alias(alias.name)])

    def _all(self) -> Iterator[Candidate]:
        for owner, provider in list(self._providers.items()):
            for model, listed in list(self._lists.of(owner).models.items()):
                yield Candidate(provider, model, listed)


def _is_kin(name: str, listed: Iterable[str]) -> bool:
    """Whether a provider that lists these can be expected to take that name as well.

    Providers take more than they list: a family's newest (`sonnet-4`, `sonnet-4-latest` for `sonnet-4-20250514`), a
    model with an option in its name (`llama:online`).
    """
    stem = name.removesuffix("-latest")
    return any(
        name.startswith(other + ":") or (other.startswith(stem) and _VERSION.fullmatch(other, len(stem)))
        for other in listed
    )


def _near(name: str, ids: Sequence[str], aliases: Sequence[str]) -> list[str]:
    """Ids with that very name, else alike ones, else ids whose own name (without the provider) is alike."""
    same = [id for id in ids if id.partition("/")[2] == name]
    if same:
        return same
    bare = {known.partition("/")[2]: known for known in ids}
    alike = near(name, [*ids, *aliases, DEFAULT_ALIAS])
    return alike or [bare[known] for known in near(name.rpartition("/")[2], list(bare))]
