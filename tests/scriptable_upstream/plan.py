"""Which behaviour which request gets: `first 2: status=500; then ok`, `key A: 401`, `10%: delay=2s`."""

import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

from tests.scriptable_upstream.behaviour import OK, Behaviour
from tests.scriptable_upstream.behaviour_text import NotUnderstood, read_behaviour, write_behaviour

#: Routes that generate or embed; model lists and token counts; both.
On = Literal["answers", "lists", "all"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A behaviour and the conditions under which a request gets it; a condition that is None always holds."""

    behaviour: Behaviour
    first: int | None = None
    """Only for so many of the requests that meet the other conditions."""
    key: str | None = None
    model: str | None = None
    provider: str | None = None
    percent: int | None = None
    on: On = "answers"


@dataclass(frozen=True, slots=True)
class Plan:
    """The first rule whose conditions hold decides; where none does, nothing is wrong."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What of a request the conditions look at."""

    kind: Literal["answers", "lists"] = "answers"
    provider: str = ""
    model: str = ""
    key: str = ""


class Progress:
    """How far each plan has come: one for each upstream."""

    def __init__(self, seed: int = 0) -> None:
        self._met: Counter[tuple[str, Plan, int]] = Counter()
        self._random = random.Random(seed)

    def behaviour(self, plan: Plan, case: Case, scope: str = "") -> Behaviour:
        """`scope`: the same plan given in two places is counted apart."""
        for number, rule in enumerate(plan.rules):
            if self._holds(rule, case) and self._in_time(scope, plan, number):
                return rule.behaviour
        return OK

    def _holds(self, rule: Rule, case: Case) -> bool:
        return (
            rule.on in ("all", case.kind)
            and rule.key in (None, case.key)
            and rule.model in (None, case.model)
            and rule.provider in (None, case.provider)
            and (rule.percent is None or self._random.random() * 100 < rule.percent)
        )

    def _in_time(self, scope: str, plan: Plan, number: int) -> bool:
        first = plan.rules[number].first
        if first is None:
            return True
        self._met[scope, plan, number] += 1
        return self._met[scope, plan, number] <= first


@lru_cache(maxsize=1024)
def read_plan(text: str) -> Plan:
    """Raises NotUnderstood."""
    return Plan(tuple(_read_rule(rule) for rule in text.split(";") if rule.strip()))


def write_plan(plan: Plan) -> str:
    """The text that `read_plan` reads as the same value."""
    return "; ".join(_write_rule(rule) for rule in plan.rules)


def _read_rule(text: str) -> Rule:
    text = re.sub(r"^\s*then\b", "", text)
    # Names may hold colons: what ends the conditions is a colon before a blank, or the text's end.
    *before, after = re.split(r":(?=\s|$)", text, maxsplit=1)
    return Rule(read_behaviour(after), **_read_conditions(before[0] if before else ""))


def _read_conditions(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    words = iter(text.split())
    for word in words:
        if re.fullmatch(r"\d{1,3}%", word):
            found["percent"] = int(word[:-1])
            continue
        value = next(words, "")
        if word == "first" and value.isdigit():
            found["first"] = int(value)
        elif (word == "on" and value in get_args(On)) or (word in ("key", "model", "provider") and value):
            found[word] = value
        else:
            raise NotUnderstood(f"{word!r} is no condition of the fault language")
    return found


def _write_rule(rule: Rule) -> str:
    conditions = [f"{name} {value}" for name in ("provider", "model", "key") if (value := getattr(rule, name))]
    if rule.on != "answers":
        conditions.append(f"on {rule.on}")
    if rule.percent is not None:
        conditions.append(f"{rule.percent}%")
    if rule.first is not None:
        conditions.append(f"first {rule.first}")
    behaviour = write_behaviour(rule.behaviour)
    return f"{' '.join(conditions)}: {behaviour}" if conditions else behaviour
