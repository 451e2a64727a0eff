"""What is translated, what stays, and why."""

import json

import pytest

from tests.triforce_daemon.services.documents.played_model import PlayedModel
from tests.triforce_daemon.services.documents.test_summary import document
from triforce_daemon.access.caller import SELF
from triforce_daemon.errors import AnswerInvalid, PayloadTooLarge, SourceUnreadable
from triforce_daemon.services.documents.documents import Document
from triforce_daemon.services.documents.translation import Translation, Translations, Wish

WORDS = {"Das Haus ist rot.": "The house is red.", "Guten Tag": "Good day"}


def listed(prompt: str) -> list[dict]:
    return json.loads(prompt[prompt.index("[{") : prompt.rindex("}]") + 2])


def by_words(prompt: str, words: dict[str, str] = WORDS) -> object:
    found = [{"number": one["number"], "text": words.get(one["text"], "")} for one in listed(prompt)]
    return {"translations": [one for one in found if one["text"]]}


async def translated(model: PlayedModel, found: Document, **glossary: str) -> Translation:
    made = Translations(model.extraction, model.registry)
    return await made.translate(SELF, "r", found, Wish("English", None, glossary), lambda done, words: None)


async def test_paragraphs_in_their_order() -> None:
    model = PlayedModel(by_words)
    made = await translated(model, document("Guten Tag\n\n42 + 1", "Das Haus ist rot."))
    assert (made["text"], made["untranslated"]) == ("Good day\n\n42 + 1\n\nThe house is red.", [])
    (asked,) = model.asked
    assert "English" in asked.prompt and "42" not in asked.prompt.partition("[{")[2]


async def test_what_is_missing_is_asked_for_again_and_then_named() -> None:
    answers = iter([{"translations": []}, {"translations": [{"number": 1, "text": "Good day"}]}])
    model = PlayedModel(lambda _: next(answers))
    made = await translated(model, document("Guten Tag", "Das Haus ist rot."))
    assert made["text"] == "Good day\n\nDas Haus ist rot."
    assert made["untranslated"] == [{"text": "Das Haus ist rot.", "page": 2, "reason": "missing"}]
    assert made["usage"]["output_tokens"] == 2


async def test_what_comes_back_as_it_was() -> None:
    same = {"Berlin": "Berlin", "Vier Worte sind genug.": "vier Worte sind genug"}
    made = await translated(PlayedModel(lambda prompt: by_words(prompt, same)), document("\n\n".join(same)))
    assert made["untranslated"] == [{"text": "Vier Worte sind genug.", "page": 1, "reason": "unchanged"}]


async def test_the_glossary_is_kept_to() -> None:
    model = PlayedModel(by_words)
    made = await translated(
        model, document("Das Haus ist rot.", "Guten Tag"), Haus="premises", Tag="day", Nacht="night"
    )
    assert made["untranslated"] == [{"text": "Das Haus ist rot.", "page": 1, "reason": "glossary"}]
    assert made["text"] == "Das Haus ist rot.\n\nGood day"
    assert '{"Haus":"premises","Tag":"day"}' in model.asked[0].prompt and "night" not in model.asked[0].prompt


async def test_a_model_that_cannot() -> None:
    with pytest.raises(AnswerInvalid):
        await translated(PlayedModel(lambda _: "I cannot."), document("Guten Tag"))
    with pytest.raises(SourceUnreadable):
        await translated(PlayedModel(by_words), document(""))
    with pytest.raises(PayloadTooLarge):
        await translated(PlayedModel(by_words, context=512), document("wort " * 50_000))
