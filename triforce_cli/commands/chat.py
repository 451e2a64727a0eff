"""`triforce chat`: a question and its answer, or a conversation."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from triforce_cli.commands import _suggestions
from triforce_cli.contexts import Globals
from triforce_cli.conversation.answer import Answer, receive
from triforce_cli.conversation.attachments import attachment
from triforce_cli.conversation.choice import Choice
from triforce_cli.conversation.conversation import Conversation
from triforce_cli.conversation.message import json_schema, message, text_or_file
from triforce_cli.conversation.plan import plan_page
from triforce_cli.conversation.remarks import loading, remark, remark_on_the_end, usage_line
from triforce_cli.conversation.sampling import sampling_options
from triforce_cli.conversation.steps import Steps, can_ask
from triforce_cli.conversation.template import rendered
from triforce_cli.conversation.tooling import tooling
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import AnswerInvalid, DaemonError, EmptyPrompt
from triforce_cli.exit_codes import INTERRUPTED
from triforce_cli.output.as_json import json_line
from triforce_cli.output.as_stream import AnswerPrinter, SilentPrinter, open_answer
from triforce_cli.output.as_table import print_object
from triforce_cli.output.paint import is_terminal

if TYPE_CHECKING:
    from triforce_cli.transport.replies import EventStream

app = typer.Typer(add_completion=False)

Words = Annotated[list[str] | None, typer.Argument(metavar="[PROMPT]...", help="What to ask.")]
Model = Annotated[
    str | None,
    typer.Option(
        "-m",
        "--model",
        metavar="MODEL",
        help="Who answers.  [env var: TRIFORCE_MODEL]",
        autocompletion=_suggestions.models,
    ),
]
Query = Annotated[
    list[str] | None,
    typer.Option("-q", "--query", metavar="WORD", help="Who answers: the model that has this word, or these."),
]
System = Annotated[
    str | None, typer.Option("-s", "--system", metavar="TEXT|@FILE", help="Instructions before the conversation.")
]
Files = Annotated[
    list[str] | None, typer.Option("-f", "--file", metavar="FILE", help="Add a text file; - is standard input.")
]
Options = Annotated[
    list[str] | None,
    typer.Option("-o", "--option", metavar="NAME=VALUE", help="temperature, top_p, max_tokens, seed or stop."),
]
GoOn = Annotated[bool, typer.Option("-c", "--continue", help="Go on with the last conversation.")]
Resume = Annotated[
    str | None,
    typer.Option(
        "-r",
        "--resume",
        metavar="SESSION",
        help="Go on with this one; its id, or how it begins.",
        autocompletion=_suggestions.sessions,
    ),
]
Template = Annotated[
    str | None,
    typer.Option(
        "-t",
        "--template",
        metavar="NAME",
        help="Begin with this one of your prompts.",
        autocompletion=_suggestions.prompts,
    ),
]
Variables = Annotated[
    list[str] | None, typer.Option("--var", metavar="NAME=VALUE", help="What stands in a gap of it; repeatable.")
]
MaxTokens = Annotated[int | None, typer.Option("--max-tokens", metavar="N", min=1, help="End the answer after these.")]
Schema = Annotated[
    str | None, typer.Option("--schema", metavar="JSON|@FILE", help="The answer is JSON that fits this schema.")
]
Extract = Annotated[bool, typer.Option("-x", "--extract", help="Print the first block of code alone.")]
ExtractLast = Annotated[bool, typer.Option("-xl", "--extract-last", help="Print the last block of code alone.")]
Usage = Annotated[bool, typer.Option("-u", "--usage", help="Say afterwards what the answer took.")]
Editor = Annotated[bool, typer.Option("-e", "--editor", help="Write the prompt in $VISUAL or $EDITOR.")]
ToolNames = Annotated[
    list[str] | None,
    typer.Option(
        "-T",
        "--tool",
        metavar="NAME",
        help="Let the model call this tool; repeatable.",
        autocompletion=_suggestions.tools,
    ),
]
Toolset = Annotated[
    str | None, typer.Option("--toolset", metavar="SET", help="Let the model call the tools of this set, or of these.")
]
Approve = Annotated[
    Literal["ask", "never", "always"] | None,
    typer.Option("--approve", help="What becomes of calls that need an approval; without a terminal: never."),
]
ToolLimit = Annotated[
    list[str] | None,
    typer.Option("--tool-limit", metavar="NAME=VALUE", help="rounds (of calls), seconds or cost (in dollars)."),
]
Boundary = Annotated[
    Literal["machine", "own-nodes", "mesh", "any"] | None,
    typer.Option("--boundary", help="How far the prompt may travel; a model beyond it is not asked."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say where it would go and what it may cost; send nothing.")]
NoStream = Annotated[bool, typer.Option("--no-stream", help="Print the answer when it is whole.")]
NoLog = Annotated[bool, typer.Option("--no-log", help="Keep nothing of it but its usage.")]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="What the conversation is called.")]
Raw = Annotated[bool, typer.Option("--raw", help="Print the answer as it is, without rendering its Markdown.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="Print what happens as it happens, an event a line.")]


Kind = Literal["stream", "whole", "code", "last code", "json", "events"]


class Form(NamedTuple):
    """How the answer is printed."""

    kind: Kind
    raw: bool
    usage: bool

    @property
    def streams(self) -> bool:
        return self.kind == "stream"


@app.command(
    epilog="""
    triforce chat "Why is the sky blue?"
    git diff | triforce chat "Write a commit message for this."
    triforce chat -f notes.md -s "Answer in one sentence." "What is this about?"
    triforce chat -c "And at sunset?"
    triforce chat -T calculate "How much is 2^61 - 1?"
    """
)
def chat(
    ctx: typer.Context,
    prompt: Words = None,
    model: Model = None,
    query: Query = None,
    system: System = None,
    files: Files = None,
    options: Options = None,
    go_on: GoOn = False,
    resume: Resume = None,
    template: Template = None,
    variables: Variables = None,
    max_tokens: MaxTokens = None,
    schema: Schema = None,
    extract: Extract = False,
    extract_last: ExtractLast = False,
    usage: Usage = False,
    editor: Editor = False,
    tools: ToolNames = None,
    toolset: Toolset = None,
    approve: Approve = None,
    tool_limit: ToolLimit = None,
    boundary: Boundary = None,
    dry_run: DryRun = False,
    no_stream: NoStream = False,
    no_log: NoLog = False,
    title: Title = None,
    raw: Raw = False,
    jsonl: JsonLines = False,
) -> None:
    """Ask a model something; without a prompt, in a terminal: talk with it.

    What is piped in joins the prompt. Standard output carries the answer and nothing else: rendered in a terminal,
    and into a pipe or a file exactly as the model wrote it.
    """
    chosen: Globals = ctx.obj
    choice = Choice(model, tuple(query or ()), resume, go_on).checked(title)
    conversation = Conversation(title=title, keep=not no_log, boundary=boundary, cwd=_folder())
    _instruct(conversation, options or (), max_tokens, system, schema)
    conversation.tooling = tooling(tools, toolset, approve, tool_limit or (), asks=can_ask(chosen) and not jsonl)
    form = Form(_kind(jsonl, extract, extract_last, no_stream, conversation, chosen), raw or schema is not None, usage)
    if not (dry_run or "".join(prompt or ()).strip() or editor or template) and _can_talk(form):
        return _talk(conversation, choice, files or (), form, chosen)
    text = _filled(template, message(_words(prompt, editor, chosen), files or ()), variables or (), chosen)
    return (_plan if dry_run else _ask_once)(text, conversation, choice, form, chosen)


def _instruct(
    conversation: Conversation,
    options: Sequence[str],
    max_tokens: int | None,
    system: str | None,
    schema: str | None,
) -> None:
    """Put into it how to answer, as it stands in words or in files. Raises WrongUsage, and as `text_or_file` does."""
    conversation.options = sampling_options([*options, *([f"max_tokens={max_tokens}"] if max_tokens else ())])
    conversation.system = None if system is None else text_or_file(system)
    conversation.json_schema = None if schema is None else json_schema(schema)


def _filled(template: str | None, text: str, variables: Sequence[str], chosen: Globals) -> str:
    """What is said, in the prompt that was chosen."""
    return text if template is None else rendered(DaemonClient.started(chosen), template, text, variables)


def _plan(text: str, conversation: Conversation, choice: Choice, form: Form, chosen: Globals) -> None:
    client = _settled(text, conversation, choice, chosen)
    plan = client.plan(conversation.session, {**conversation.request(text), "dry_run": True})
    print_object(plan, chosen, lambda paint: plan_page(plan, paint))


def _settled(text: str, conversation: Conversation, choice: Choice, chosen: Globals) -> DaemonClient:
    """The daemon, and the conversation as it was chosen. Raises EmptyPrompt, and what the daemon says."""
    if not text:
        raise EmptyPrompt("There is nothing to ask.", 'Write a prompt: triforce chat "Why is the sky blue?"')
    client = DaemonClient.started(chosen)
    choice.settle(conversation, client, chosen.environ)
    return client


def _ask_once(text: str, conversation: Conversation, choice: Choice, form: Form, chosen: Globals) -> None:
    client = _settled(text, conversation, choice, chosen)
    if conversation.tooling.approve == "always":
        remark("Every call is agreed to beforehand, also of what destroys something.", chosen)
    events = conversation.ask(client, text)
    if form.kind == "events":
        _print_events(events)
    else:
        printer = _printer(form, chosen) if form.streams else SilentPrinter()
        progress = loading(chosen)
        answer = receive(events, conversation, printer, progress, Steps(client, chosen, progress))
        _finish(answer, conversation, form, chosen)


def _finish(answer: Answer, conversation: Conversation, form: Form, chosen: Globals) -> None:
    """Print what was not printed while it came, and say how it ended. Raises why it broke off, or fits badly."""
    if form.kind == "whole":
        _print(answer.text, form, chosen)
    remark_on_the_end(answer, conversation, chosen)
    if answer.error is not None:
        raise answer.error
    if answer.done is None:
        raise typer.Exit(INTERRUPTED)
    if form.kind == "json":
        result = {name: value for name, value in answer.done.items() if name not in ("type", "ts")}
        print_object(result, chosen, lambda _: answer.text)
    elif form.kind in ("code", "last code"):
        _print(_code(answer.text, conversation, last=form.kind == "last code"), form, chosen)
    if form.usage and not chosen.json:
        print(usage_line(answer.done), file=sys.stderr)
    if chosen.verbose and conversation.begun:
        remark(f"Session {conversation.session}. To go on with it: triforce chat -r {conversation.session}", chosen)
    if conversation.json_schema is not None:
        _check_json(answer)


def _talk(conversation: Conversation, choice: Choice, files: Sequence[str], form: Form, chosen: Globals) -> None:
    # The line editor takes a moment to load.
    from triforce_cli.repl.loop import talk

    attached = [attachment(path) for path in files]
    client = DaemonClient.started(chosen)
    choice.settle(conversation, client, chosen.environ)
    talk(conversation, attached, chosen, raw=form.raw, usage=form.usage)


def _print_events(events: "EventStream") -> None:
    """Print each event as a line of JSON. Raises the error that the last one may be."""
    with events:
        for event in events:
            print(json_line(event), flush=True)
            if event["type"] == "error":
                raise DaemonError(event["error"])


def _printer(form: Form, chosen: Globals) -> AnswerPrinter:
    return open_answer(sys.stdout, chosen.environ, raw=form.raw, no_color=chosen.no_color)


def _print(text: str, form: Form, chosen: Globals) -> None:
    printer = _printer(form, chosen)
    printer.feed(text)
    printer.end()


def _code(text: str, conversation: Conversation, *, last: bool) -> str:
    # Only here the whole answer is parsed.
    from triforce_cli.output.markdown_blocks import code_blocks

    blocks = code_blocks(text)
    if not blocks:
        see = f"triforce sessions show {conversation.session}" if conversation.begun else "triforce chat without -x"
        raise AnswerInvalid("There is no block of code in the answer.", f"See all of it: {see}")
    return blocks[-1 if last else 0]


def _check_json(answer: Answer) -> None:
    try:
        json.loads(answer.text)
    except ValueError as error:
        cut = answer.done is not None and answer.done["finish_reason"] == "length"
        hint = "It was cut; let it be longer with --max-tokens." if cut else "Does the model support schemas?"
        raise AnswerInvalid(f"The answer is no JSON: {error}.", hint) from None


def _kind(
    jsonl: bool, extract: bool, extract_last: bool, no_stream: bool, conversation: Conversation, chosen: Globals
) -> Kind:
    if jsonl:
        return "events"
    if chosen.json or chosen.fields:
        return "json"
    if extract or extract_last:
        return "last code" if extract_last else "code"
    return "whole" if no_stream or _waits(conversation) else "stream"


def _waits(conversation: Conversation) -> bool:
    """Whether a pipe or a file gets the answer when it is whole: what is said before a call is none of it."""
    return conversation.tooling.wanted and not is_terminal(sys.stdout)


def _can_talk(form: Form) -> bool:
    return form.kind in ("stream", "whole") and is_terminal(sys.stdin) and is_terminal(sys.stdout)


def _words(prompt: Sequence[str] | None, editor: bool, chosen: Globals) -> str:
    words = " ".join(prompt or ())
    if not editor:
        return words
    # An editor is another process, which few want.
    from triforce_cli.conversation.editor import edited

    return edited(words, chosen.environ)


def _folder() -> str | None:
    """Where the question is asked; None where that folder is gone."""
    with suppress(OSError):
        return os.getcwd()
    return None
