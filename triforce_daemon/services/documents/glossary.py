"""Words that have to be translated in one way: where they stand, and whether a translation keeps to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Glossary:
    """`words`: what stands in the document, and what has to stand for it."""

    words: Mapping[str, str]

    @cached_property
    def _forms(self) -> dict[str, re.Pattern[str]]:
        # A word's end may change with its case; its beginning does not.
        return {word: re.compile(rf"(?<!\w){re.escape(word)}", re.IGNORECASE) for word in self.words}

    def of(self, text: str) -> dict[str, str]:
        """What of it the text needs."""
        return {word: self.words[word] for word, form in self._forms.items() if form.search(text)}

    def broken(self, text: str, translation: str) -> list[str]:
        """The words of the text whose translation is another one than it has to be."""
        lowered = translation.casefold()
        return [word for word, wanted in self.of(text).items() if wanted.casefold() not in lowered]
