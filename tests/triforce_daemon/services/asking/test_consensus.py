"""Who says the same is counted together, by weight; a judge may tell what means the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.script import Script, Text
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.core.test_answers import says
from triforce_daemon.services.asking.consensus import counted, grouped

MODELS = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.sampled_from(["yes", "no", "Yes!", "maybe so"]))


@given(MODELS.filter(bool), st.floats(0.1, 10))
def test_every_model_is_counted_once_and_the_shares_are_whole(answers: dict[str, str], weight: float) -> None:
    groups = grouped(answers)
    assert sorted(model for group in groups for model in group) == sorted(answers)
    votes = counted(groups, answers, {next(iter(answers)): weight})
    assert sum(vote["weight"] for vote in votes) == pytest.approx(1, abs=0.001)
    assert [vote["weight"] for vote in votes] == sorted((vote["weight"] for vote in votes), reverse=True)


def test_case_and_punctuation_are_no_disagreement() -> None:
    assert grouped({"a": "It is Paris.", "b": "it is PARIS", "c": "Lyon"}) == [["a", "b"], ["c"]]


async def test_models_agree_or_do_not(served: ServedDaemon) -> None:
    one, two = says(served, 0, "It is Paris."), says(served, 1, "it is PARIS")
    agreed = (await run(served, "llm_consensus", targets=[one, two], question="Capital?"))["value"]
    assert (agreed["answer"], agreed["agreement"], agreed["reached"]) == ("It is Paris.", 1.0, True)
    two = says(served, 1, "I would say Lyon, in the south-east.")
    split = (await run(served, "llm_consensus", targets=[one, two], question="?", weights={two: 3.0}))["value"]
    assert split["answer"].startswith("I would") and split["agreement"] == 0.75 and split["dissent"] == [one]


async def test_a_judge_tells_what_means_the_same(served: ServedDaemon) -> None:
    one, two = says(served, 0, "Four."), says(served, 1, "2 + 2 is 4")
    for text in ("Four.", "2 + 2 is 4", json.dumps({"groups": [[0, 1]]})):
        served.upstream.enqueue(Script((Text((text,)),)))
    asked = {"targets": [one, two], "question": "2+2?", "judge": one}
    assert (await run(served, "llm_consensus", **asked))["value"]["agreement"] == 1.0
    for text in ("Four.", "2 + 2 is 4", json.dumps({"groups": [[0]]})):
        served.upstream.enqueue(Script((Text((text,)),)))
    assert (await run(served, "llm_consensus", **asked))["value"]["agreement"] == 0.5


async def test_nobody_answers(served: ServedDaemon) -> None:
    failed = await run(served, "llm_consensus", targets=["x/y"], question="?")
    assert failed["error"]["code"] == "tool_failed" and "x/y" in failed["error"]["hint"]
    wrong = await run(served, "llm_consensus", targets=["x/y"], question="?", weights={"z": 1})
    assert wrong["error"]["code"] == "invalid_arguments"
