"""Names that exist and look like the one that was asked for."""

import difflib
from collections.abc import Sequence

#: Nobody mistypes a name into something much longer; comparing megabytes would only cost time.
_LONGEST = 200


def near(word: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Up to `most` of `known`, the most alike first; a name that contains `word` counts as alike."""
    if len(word) > _LONGEST:
        return []
    lowered = {name.lower(): name for name in known}
    alike = difflib.get_close_matches(word.lower(), list(lowered), n=most, cutoff=0.5)
    within = [name for name in lowered if word and word.lower() in name and name not in alike]
    return [lowered[name] for name in [*alike, *within][:most]]
