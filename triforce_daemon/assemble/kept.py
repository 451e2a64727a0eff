"""What is remembered for people, and what takes back the changes that tools have made of it and of files."""

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.memory import memory
from triforce_daemon.services.files import Files
from triforce_daemon.services.memory_undo import MemoryUndo
from triforce_daemon.services.receipts import Receipts
from triforce_daemon.services.undo import Undo
from triforce_daemon.stores.audit.trail import Trail


def kept(ground: Ground, files: Files, receipts: Receipts, trail: Trail) -> tuple[object, ...]:
    remembered = memory(ground)
    of_memory = next(part for part in remembered if isinstance(part, MemoryUndo))
    return (*remembered, Undo(receipts, files, of_memory, trail))
