"""Which model files are there, and whether they can be used."""

import importlib.util
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triforce_daemon.errors import InvalidRequest, ModelFileInvalid, ModelNotFound, TriforceError
from triforce_daemon.providers.builtin.checksums import Checksums, signature
from triforce_daemon.providers.builtin.gguf import Header, read_header
from triforce_daemon.providers.builtin.source import ModelSource

#: Of a model in several files the first one names it; the engine finds the others by itself.
_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}\.gguf$")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model by its name, and what there is of it."""

    name: str
    path: str | None = None
    """None: it is not here."""
    size: int | None = None
    changed_ns: int | None = None
    header: Header | None = None
    problem: TriforceError | None = None
    """Why it cannot be used as it is."""
    source: ModelSource | None = None
    """Set for the model that can be fetched."""


class ModelFiles:
    """Looks at the configured path, the models folder, and the installed package of the model that can be fetched."""

    def __init__(self, configured: str, folder: str, source: ModelSource, checksums: Checksums) -> None:
        self.source = source
        self.folder = folder
        self._configured = os.path.abspath(os.path.expanduser(configured)) if configured else None
        self._checksums = checksums
        #: What was found in a file, for as long as the file does not change.
        self._seen: dict[str, tuple[list[int], Header | ModelFileInvalid]] = {}

    def all(self) -> list[ModelFile]:
        """The configured model, the one that can be fetched, then the others by name; never raises."""
        found: dict[str, ModelFile] = {}
        for path in dict.fromkeys(self._paths()):
            file = self._look(path)
            found.setdefault(file.name, file)
        return list(found.values())

    def find(self, name: str) -> ModelFile | None:
        return next((file for file in self.all() if file.name == name), None)

    async def verified(self, file: ModelFile) -> str:
        """The file's path, once its content is known to be right. Raises ModelFileInvalid."""
        if file.problem is not None:
            raise file.problem.apart()
        assert file.path is not None
        if file.source is not None:
            try:
                sha256 = await self._checksums.of(file.path)
            except OSError as error:
                raise _unreadable(file.path, error) from error
            if sha256 != file.source.sha256:
                raise self._tampered(file.path)
        return file.path

    def chosen_by_hand(self, file: ModelFile) -> bool:
        """Whether the setting names this very file."""
        return self._configured is not None and file.name == self._name(self._configured)

    def own_path(self, file: ModelFile) -> str:
        """Where a file lies that triforce may delete. Raises ModelNotFound, InvalidRequest."""
        if file.path is None:
            raise ModelNotFound(f"The model {file.name} is not here.", "There is nothing to remove.")
        if self.chosen_by_hand(file):
            raise InvalidRequest(f"{file.path} is yours: builtin.model names it.", "Unset it, and delete the file.")
        if os.path.dirname(file.path) != self.folder:
            package = self.source.package
            raise InvalidRequest(f"{file.path} belongs to the package {package}.", f"`pip uninstall {package}`")
        return file.path

    def place(self) -> str:
        """Where a fetched model is put."""
        return os.path.join(self.folder, self.source.file_name)

    def _paths(self) -> Iterator[str]:
        if self._configured is not None:
            yield self._configured
        yield self._default_path() or self.place()
        try:
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(".gguf"))
        except OSError:
            return
        yield from (os.path.join(self.folder, name) for name in names if not _LATER_PART.search(name))

    def _default_path(self) -> str | None:
        installed = _package_folder(self.source.package)
        places = [self.place(), *([os.path.join(installed, self.source.file_name)] if installed else [])]
        return next((path for path in places if os.path.lexists(path)), None)

    def _look(self, path: str) -> ModelFile:
        known = os.path.basename(path) == self.source.file_name
        file = ModelFile(self._name(path), source=self.source if known else None)
        try:
            state = signature(path)
            found = self._inspect(path, state)
        except FileNotFoundError:
            if path == self._configured:
                return replace(file, problem=_missing(path))
            return file if known else replace(file, problem=_dead_link(path))
        except OSError as error:
            return replace(file, path=path, problem=_unreadable(path, error))
        file = replace(file, path=path, size=state[0], changed_ns=state[1])
        if isinstance(found, ModelFileInvalid):
            return replace(file, problem=self._with_fix(found, path) if known else found)
        problem = self._known_problem(path, state[0]) if known else None
        return replace(file, header=found, problem=problem)

    def _name(self, path: str) -> str:
        file_name = os.path.basename(path)
        return self.source.name if file_name == self.source.file_name else file_name.removesuffix(".gguf").lower()

    def _inspect(self, path: str, state: list[int]) -> Header | ModelFileInvalid:
        known = self._seen.get(path)
        if known is None or known[0] != state:
            try:
                known = (state, read_header(path))
            except ModelFileInvalid as error:
                known = (state, error.apart())
            self._seen[path] = known
        return known[1]

    def _known_problem(self, path: str, size: int) -> ModelFileInvalid | None:
        if size != self.source.size:
            cut = f"{path} cannot be used: it has {size:,} bytes, and should have {self.source.size:,}."
            return self._with_fix(ModelFileInvalid(cut), path)
        return self._tampered(path) if self._checksums.noted(path) not in (None, self.source.sha256) else None

    def _tampered(self, path: str) -> ModelFileInvalid:
        error = ModelFileInvalid(f"{path} cannot be used: its content is not what {self.source.requirement} ships.")
        return self._with_fix(error, path)

    def _with_fix(self, error: ModelFileInvalid, path: str) -> ModelFileInvalid:
        if path == self._configured:
            return ModelFileInvalid(error.message, "Replace it, or unset builtin.model.")
        return ModelFileInvalid(error.message, f"`triforce models pull {self.source.name}` fetches it anew.")


def _package_folder(package: str) -> str | None:
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    return next(iter(places), None) if places else None


def _missing(path: str) -> ModelFileInvalid:
    return ModelFileInvalid(
        f"There is no file {path}, which the setting builtin.model names.", "Correct the setting, or unset it."
    )


def _dead_link(path: str) -> ModelFileInvalid:
    return ModelFileInvalid(f"{path} cannot be used: it leads nowhere.", "Remove the link, or put back what it led to.")


def _unreadable(path: str, error: OSError) -> ModelFileInvalid:
    return ModelFileInvalid(f"{path} cannot be read: {error.strerror}.", "Check who may read it, and its disk.")
