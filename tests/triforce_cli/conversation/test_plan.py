from triforce_cli.conversation.plan import SHOWN, plan_page
from triforce_cli.output.paint import Paint

PAINT = Paint(False)


def planned(model: str = "groq/llama", refusal: str | None = None, expected: int | None = 210) -> dict:
    return {
        "model": model,
        "provider": model.partition("/")[0],
        "boundary": "any",
        "state": "ok",
        "refusal": refusal,
        "expected_ms": expected,
    }


def plan(*candidates: dict, **more: object) -> dict:
    whole = {
        "schema": "triforce.route.plan/1",
        "asked": "groq/llama",
        "alias": None,
        "order": "priority",
        "boundary": "any",
        "candidates": list(candidates),
        "prompt_tokens": 1_200,
        "answer_tokens": None,
        "cost": None,
    }
    return {**whole, **more}


def test_one_model() -> None:
    page = plan_page(plan(planned()), PAINT)
    assert "groq/llama" in page
    assert "about 1,200 tokens" in page
    assert "not known" in page
    assert "first token after about 210 ms" in page
    assert page.endswith("Nothing was sent.")


def test_an_alias_with_who_is_left_out_and_why() -> None:
    page = plan_page(
        plan(planned(), planned("mistral/x", "There is no key."), asked="fast", alias="fast", boundary="mesh"), PAINT
    )
    assert "fast (an alias)" in page
    assert "mesh" in page
    assert "-  mistral/x: There is no key." in page


def test_what_it_costs() -> None:
    cost = {"input": "0.0012", "most": "0.3", "currency": "USD"}
    page = plan_page(plan(planned(), cost=cost, answer_tokens=500), PAINT)
    assert "0.0012 USD for the prompt, 0.3 USD with the longest answer" in page
    assert "at most 500 tokens" in page
    assert "nothing" in plan_page(plan(planned(), cost={"input": "0", "most": None, "currency": "USD"}), PAINT)


def test_of_very_many_the_first_are_shown() -> None:
    page = plan_page(plan(*[planned(f"groq/{number}") for number in range(SHOWN + 1_000)]), PAINT)
    assert "and 1,000 more" in page


def test_a_name_cannot_paint_the_terminal() -> None:
    assert "\x1b" not in plan_page(plan(planned("groq/\x1b[31mred")), PAINT)
