"""Several models answer one question; those that say the same are counted together, by weight."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import orjson
from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidArguments, ToolFailed
from triforce_daemon.services.asking.asker import Asker, Told, Wanted

#: Two answers of at least this likeness say the same; a judge decides by what they mean.
_ALIKE = 0.8
_SAME = re.compile(r"[\W_]+")
_SECONDS = 120.0


class Vote(TypedDict):
    answer: str
    weight: float
    """Of all answers together, from 0 to 1."""
    models: list[str]


class Agreed(TypedDict):
    answer: str
    """What most weight stands behind."""
    agreement: float
    reached: bool
    votes: list[Vote]
    dissent: list[str]
    """Who said something else."""
    responses: dict[str, Told]


@dataclass(frozen=True, slots=True)
class Consensus:
    asker: Asker

    async def ask(
        self,
        caller: Caller,
        request_id: str,
        targets: Sequence[str],
        question: str,
        weights: Mapping[str, float],
        least: float,
        judge: str | None,
    ) -> Agreed:
        """Raises InvalidArguments for weights of nobody, ToolFailed where no model answered."""
        unknown = sorted(weights.keys() - set(targets))
        if unknown or any(weight < 0 for weight in weights.values()):
            raise InvalidArguments("The argument weights is for the targets, and none is below 0.", ", ".join(unknown))
        told = await self.asker.ask_all(caller, request_id, targets, Wanted(question), _SECONDS)
        answers = {model: one["text"] or "" for model, one in told.items() if one["ok"]}
        if not answers:
            raise ToolFailed("No model answered.", "; ".join(f"{model}: {_why(one)}" for model, one in told.items()))
        groups = await self._judged(caller, request_id, question, answers, judge) if judge else grouped(answers)
        votes = counted(groups, answers, weights)
        return Agreed(
            answer=votes[0]["answer"],
            agreement=votes[0]["weight"],
            reached=votes[0]["weight"] >= least,
            votes=votes,
            dissent=[model for vote in votes[1:] for model in vote["models"]],
            responses=told,
        )

    async def _judged(
        self, caller: Caller, request_id: str, question: str, answers: Mapping[str, str], judge: str
    ) -> list[list[str]]:
        """The models in groups that mean the same, by another model's judgement; by their words where it fails."""
        names = list(answers)
        listed = "\n".join(f"{number}: {answers[name]}" for number, name in enumerate(names))
        schema = {
            "type": "object",
            "properties": {"groups": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}},
            "required": ["groups"],
            "additionalProperties": False,
        }
        asked = Wanted(
            f"The question: {question}\n\nThe answers:\n{listed}",
            judge,
            "Put the numbers of answers that mean the same into one group; each number into exactly one group.",
            temperature=0.0,
            json_schema=schema,
        )
        said = await self.asker.ask(caller, f"{request_id}.judge", asked)
        return _groups_of(said["text"], names) or grouped(answers)


def grouped(answers: Mapping[str, str]) -> list[list[str]]:
    """The models in groups that say nearly the same, letter by letter."""
    groups: list[list[str]] = []
    for model, text in answers.items():
        for group in groups:
            if _alike(text, answers[group[0]]):
                group.append(model)
                break
        else:
            groups.append([model])
    return groups


def counted(groups: Sequence[Sequence[str]], answers: Mapping[str, str], weights: Mapping[str, float]) -> list[Vote]:
    """The groups with their share of the weight, the heaviest first; who has no weight counts as 1."""
    total = sum(weights.get(model, 1.0) for model in answers) or 1.0
    votes = [
        Vote(
            answer=answers[group[0]],
            weight=round(sum(weights.get(model, 1.0) for model in group) / total, 4),
            models=list(group),
        )
        for group in groups
    ]
    return sorted(votes, key=lambda vote: -vote["weight"])


def _alike(left: str, right: str) -> bool:
    a, b = (_SAME.sub(" ", text.casefold()).strip() for text in (left, right))
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE


def _groups_of(text: str, names: Sequence[str]) -> list[list[str]]:
    """What the judge said; nothing where it left somebody out or counted him twice."""
    try:
        groups: list[list[int]] = orjson.loads(text)["groups"]
        numbers = sorted(number for group in groups for number in group)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []
    return [[names[number] for number in group] for group in groups] if numbers == list(range(len(names))) else []


def _why(told: Told) -> str:
    return told["error"]["message"] if told["error"] else "no answer"
