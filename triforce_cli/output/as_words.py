"""An error as a person reads it."""

from triforce_cli.errors import TriforceCliError
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line


def in_words(error: TriforceCliError, paint: Paint, *, verbose: bool = False) -> str:
    """What went wrong and what to do about it, a line each; with `verbose` also which request it was."""
    lines = [f"{paint.red(paint.bold('error:'))} {one_line(error.message)}"]
    if error.hint:
        lines.append(f"{paint.dim('hint:')}  {one_line(error.hint)}")
    request = error.body().get("request_id")
    if verbose and request:
        lines.append(f"{paint.dim('request:')} {one_line(str(request))}")
    return "\n".join(lines)
