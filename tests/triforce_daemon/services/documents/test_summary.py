"""A document is summarised piece by piece; what is no quote is dropped."""

import pytest

from tests.triforce_daemon.services.documents.played_model import PlayedModel
from triforce_daemon.access.caller import SELF
from triforce_daemon.children.documents.form import Page
from triforce_daemon.errors import AnswerInvalid, PayloadTooLarge, SourceUnreadable
from triforce_daemon.services.documents.documents import Document
from triforce_daemon.services.documents.summary import Summaries, Summary, Wish


def document(*texts: str, truncated: bool = False) -> Document:
    pages = [Page(number=number, text=text) for number, text in enumerate(texts, 1)]
    return Document("text", None, pages, len(pages), truncated)


async def summarised(model: PlayedModel, found: Document, wish: Wish | None = None) -> Summary:
    made = Summaries(model.extraction, model.registry)
    return await made.summarise(SELF, "r", found, wish or Wish(), lambda done, words: None)


async def test_one_piece_and_its_quotes() -> None:
    quotes = ["It was blue on Monday.", "It was green on Monday."]
    model = PlayedModel(lambda _: {"summary": "Colours.", "quotes": quotes})
    made = await summarised(model, document("Intro.", "It was blue\non Monday."), Wish("medium", "German"))
    assert made == {
        "summary": "Colours.",
        "quotes": [{"text": "It was blue on Monday.", "page": 2}],
        "model": "played/m",
        "usage": {"input_tokens": 2, "output_tokens": 1, "estimated": False},
    }
    (asked,) = model.asked
    assert "about 300 words, in German" in asked.prompt and "Intro." in asked.prompt


async def test_several_pieces_become_one() -> None:
    def answer(prompt: str) -> object:
        if "summaries of the parts" in prompt:
            return {"summary": "All.", "quotes": ["Fact number 0 is this one."]}
        number = prompt.split("Fact number ")[1].split(" ")[0]
        return {"summary": f"Part {number}. " + "x" * 900, "quotes": [f"Fact number {number} is this one."]}

    texts = [f"Fact number {number} is this one. " + "word " * 180 for number in range(12)]
    model = PlayedModel(answer, context=512)
    made = await summarised(model, document(*texts))
    assert made["summary"] == "All." and made["usage"]["input_tokens"] == 2 * len(model.asked)
    assert [quote["page"] for quote in made["quotes"]] == [1, 2, 3]
    rounds = [one.prompt for one in model.asked if "summaries of the parts" in one.prompt]
    assert len(model.asked) - len(rounds) == 12 and len(rounds) > 2


async def test_what_is_too_long_or_nothing_is_not_begun() -> None:
    model = PlayedModel(lambda _: {}, context=512)
    with pytest.raises(PayloadTooLarge, match="too long for scripted/m"):
        await summarised(model, document(*["word " * 180] * 65))
    with pytest.raises(PayloadTooLarge):
        await summarised(model, document("x", truncated=True))
    with pytest.raises(SourceUnreadable):
        await summarised(model, document(" ", ""))
    assert not model.asked
    with pytest.raises(AnswerInvalid):
        await summarised(model, document("x"))
