"""What only tools need of the daemon."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from triforce_daemon.assemble.code import code
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.reading import reading
from triforce_daemon.assemble.web import web
from triforce_daemon.dialects.all import by_name
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.asking.asker import Asker
from triforce_daemon.services.asking.consensus import Consensus
from triforce_daemon.services.asking.extraction import Extraction
from triforce_daemon.services.asking.in_session import InSession
from triforce_daemon.services.asking.suggestion import Suggestion
from triforce_daemon.services.asking.vectors import Embedder
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.code_runs import CodeRuns
from triforce_daemon.services.files import Files
from triforce_daemon.services.health_checks import HealthChecks
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.key_reports import KeyReports
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.ollama import Ollama
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.services.questions import Questions
from triforce_daemon.services.saved_messages import SavedMessages
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.services.token_counts import TokenCounts
from triforce_daemon.services.turns import Turns

Part = TypeVar("Part")


class Provided(Protocol):
    """Hands out what the routes have, by type."""

    def __call__(self, kind: type[Part], /) -> Part: ...


def services(ground: Ground, part: Provided) -> Sequence[object]:
    """What is built of that for tools alone."""
    router, questions, registry = part(ChatRouter), part(Questions), part(ModelRegistry)
    asker, dialects, files = Asker(router), by_name(), part(Files)
    extraction = Extraction(asker)
    fetching = web(ground, part(Jobs), part(Sessions), part(MemorySearch), asker, extraction)
    return (
        asker,
        *(Consensus(asker), extraction, InSession(part(Turns), ground.tasks)),
        *(Suggestion(registry, router.choice), Embedder(questions, dialects["openai_chat"])),
        *reading(ground, files, registry, asker, extraction, fetching),
        Ollama(registry, part(Jobs), part(Clock), files.host),
        TokenCounts(questions, dialects["anthropic"]),
        *code(ground, part(Files), part(CodeRuns)),
        SavedMessages(part(Sessions), part(Clock)),
        KeyReports(part(KeyDesk), part(Ledger), part(ProviderDesk)),
        *fetching,
        HealthChecks(part(Ledger), registry, part(Lifecycle), part(Clock)),
    )
