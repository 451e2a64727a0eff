"""What a healthy daemon answers of memory: one reply for each route, of the wire's own types."""

from typing import Any

from triforce_daemon.wire.memory import Memory, MemoryDetail, MemoryDocument, MemoryStats

NOW = "2026-03-01T12:00:00.000Z"
ID, LATER = "m3m9x2m7q4ab", "n3m9x2m7q4ab"
CHANGE = "c3m9x2m7q4ab"

ENTRY: Memory = {
    "id": ID,
    "type": "fact",
    "content": "The ledger is kept\nin PostgreSQL.\x1b[31m",
    "confidence": 0.8,
    "importance": "high",
    "tags": ["db", "ledger"],
    "project": "orion",
    "version": 1,
    "previous_id": None,
    "by": "anna",
    "created": NOW,
    "expires": None,
}
SAID: Any = {"verdict": "reject", "by": "ben", "caller": "anna", "reason": "moved", "at": NOW, "confidence": 0.4}
DETAIL: MemoryDetail = {
    **ENTRY,
    "schema": "triforce.memory.show/1",
    "current_id": LATER,
    "confidence_scores": [{"at": NOW, "value": 0.8, "why": "stated", "by": "anna"}],
    "validations": [SAID],
}
DOCUMENT: MemoryDocument = {
    "schema": "triforce.memory.entry/1",
    "versions": [{**ENTRY, "stated": 0.8, "validations": [SAID]}],
}
STATS: MemoryStats = {
    "schema": "triforce.memory.stats/1",
    "total": 1_200,
    "by_type": {"fact": 1_200},
    "by_project": {"": 200, "orion": 1_000},
    "avg_confidence": 0.75,
    "expired": 0,
    "forgotten": 3,
    "bytes": 51_200,
    "vectors": {"model": "m", "ready": 1_000, "missing": 200},
}
RESULT = {
    "schema": "triforce.memory.search/1",
    "mode": "text",
    "remark": "Searched by words alone.",
    "items": [{**ENTRY, "score": 1.5}],
    "next": None,
}
STORED = {**ENTRY, "schema": "triforce.memory.add/1", "duplicate_of": None, "change": CHANGE}
CLEARED = {"schema": "triforce.memory.forget/1", "matched": 1, "deleted": 1, "items": [ENTRY], "change": CHANGE}
UNDONE = {
    "schema": "triforce.memory.undo/1",
    "undone": [ID],
    "kept": [{"id": LATER, "reason": "It was changed since."}],
    "change": CHANGE,
}

CANNED: dict[tuple[str, str], Any] = {
    ("POST", "/v1/memory"): STORED,
    ("POST", "/v1/memory/search"): RESULT,
    ("GET", f"/v1/memory/{ID}"): DETAIL,
    ("GET", f"/v1/memory/{ID}/history"): {"schema": "triforce.memory.history/1", "items": [ENTRY], "next": None},
    ("PATCH", f"/v1/memory/{ID}"): {**ENTRY, "version": 2, "schema": "triforce.memory.edit/1", "change": CHANGE},
    ("POST", f"/v1/memory/{ID}/validations"): {
        "schema": "triforce.memory.validate/1", "id": ID, "confidence": 0.85, "validated_by": ["anna"],
        "change": CHANGE,
    },
    ("POST", "/v1/memory/forget"): CLEARED,
    ("POST", f"/v1/memory/changes/{CHANGE}/undo"): UNDONE,
    ("GET", "/v1/memory/stats"): STATS,
    ("GET", "/v1/memory/export"): {"schema": "triforce.memory.export/1", "items": [DOCUMENT], "next": None},
    ("POST", "/v1/memory/import"): {
        "schema": "triforce.memory.import/1", "items": [ENTRY], "duplicates": 1, "change": CHANGE,
    },
}  # fmt: skip
