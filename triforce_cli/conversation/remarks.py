"""What is said about an answer on standard error, beside it."""

import sys
from typing import TYPE_CHECKING

from triforce_cli.contexts import Globals
from triforce_cli.conversation.answer import Answer
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.output.paint import is_terminal, paint_for
from triforce_cli.output.pull_progress import Progress, show_progress
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import count, thousands

if TYPE_CHECKING:
    from triforce_daemon.wire.sessions import ChatResult


def remark(text: str, chosen: Globals) -> None:
    """Say something that is not the answer, unless no remarks are wanted."""
    if chosen.talks:
        print(paint_for(sys.stderr, chosen.environ, chosen.no_color).dim(one_line(text)), file=sys.stderr, flush=True)


def loading(chosen: Globals) -> Progress:
    """Shows how far the loading of a model is: to a person, or where more words were asked for."""
    return show_progress(chosen) if chosen.verbose or is_terminal(sys.stderr) else Progress()


def remark_on_the_end(answer: Answer, conversation: Conversation, chosen: Globals) -> None:
    """Say it where an answer is not what it might have been."""
    if answer.stopped:
        remark("Stopped." + (" What came is kept." if conversation.keep and conversation.begun else ""), chosen)
    elif answer.done is not None and answer.done["route"]["fallbacks"]:
        failed = ", ".join(answer.done["route"]["fallbacks"])
        remark(f"{answer.done['model']} answered; before it failed: {failed}.", chosen)
    elif answer.done is not None and answer.done["finish_reason"] == "length":
        used = count(answer.done["usage"]["output_tokens"], "token")
        remark(f"The answer was cut after {used}. More may come with --max-tokens, or ask it to go on.", chosen)


def usage_line(result: "ChatResult") -> str:
    """What an answer took: `12 tokens in, 34 out, 0.8 s, 55 tokens/s, builtin/smollm2`."""
    usage = result["usage"]
    seconds = result["total_ms"] / 1_000
    parts = [
        f"{count(usage['input_tokens'], 'token')} in",
        f"{thousands(usage['output_tokens'])} out{' (estimated)' if usage['estimated'] else ''}",
        f"{seconds:.1f} s",
    ]
    writing = seconds - (result["first_token_ms"] or 0) / 1_000
    if usage["output_tokens"] > 1 and writing > 0:
        parts.append(f"{usage['output_tokens'] / writing:.0f} tokens/s")
    if result["cost"] not in (None, "0"):
        parts.append(f"{result['cost']} {result['currency']}")
    return ", ".join([*parts, result["model"]])
