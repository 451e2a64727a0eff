"""What tools need to look at pictures and to read documents."""

from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.children.document_reader import DocumentReader
from triforce_daemon.services.asking.asker import Asker
from triforce_daemon.services.asking.extraction import Extraction
from triforce_daemon.services.asking.vision import Vision
from triforce_daemon.services.documents.documents import Documents
from triforce_daemon.services.documents.summary import Summaries
from triforce_daemon.services.documents.translation import Translations
from triforce_daemon.services.files import Files
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.sources.sources import Sources
from triforce_daemon.services.web.fetch import Fetcher


def reading(
    ground: Ground,
    files: Files,
    registry: ModelRegistry,
    asker: Asker,
    extraction: Extraction,
    web: Sequence[object],
) -> Sequence[object]:
    """`web`: what fetches pages, among other things."""
    sources = Sources(files, next(one for one in web if isinstance(one, Fetcher)))
    documents = Documents(sources, DocumentReader(ground.tasks, ground.world.sandbox))
    return (
        *(sources, Vision(asker, registry), documents),
        *(Summaries(extraction, registry), Translations(extraction, registry)),
    )
