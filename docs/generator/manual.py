"""The manual: `triforce.1`, a page for each command, and `triforced.1`."""

from collections.abc import Iterator, Mapping

from docs.generator.commands import Command, Option
from docs.generator.roff import Page, bold, italic

FILES = {
    "~/.config/triforce/config.toml": "Settings; see `triforce config list`.",
    "~/.local/state/triforce/triforce.db": "Conversations, their full-text index, and usage.",
    "~/.local/state/triforce/": "The daemon's log, and the history of what you typed.",
    "~/.local/share/triforce/models/": "Model files; they can be fetched again.",
    "$XDG_RUNTIME_DIR/triforce/triforced.sock": (
        "The daemon's socket; below `~/.local/state/triforce/run/` where there is no runtime folder."
    ),
}
ENVIRONMENT = {
    "TRIFORCE_SOCKET": "The daemon's socket, like --socket.",
    "TRIFORCE_CONFIG": "The configuration file, like --config.",
    "TRIFORCE_MODEL": "The model that `triforce chat` uses where -m is not given.",
    "TRIFORCE_DEBUG": "Any value: like --debug.",
    "NO_COLOR": "Any value: no colours, like --no-color.",
    "XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR": "Where the files below live instead.",
}


def pages(tree: Command, version: str, exit_codes: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """(file name, text) of the program's page and of each command's."""
    yield "triforce.1", _program(tree, version, exit_codes)
    for command in tree.commands:
        yield f"{'-'.join(command.path)}.1", _command(command, tree, version)


def _program(tree: Command, version: str, exit_codes: Mapping[int, str]) -> str:
    page = Page("triforce", 1, version, tree.summary)
    page.section("Synopsis")
    page.synopsis("triforce", f"{tree.usage} [ARGUMENTS]")
    page.section("Description")
    page.paragraphs(tree.paragraphs)
    page.section("Commands")
    for command in tree.commands:
        page.entry(f"{bold(command.title)}", f"{command.summary}. See {'-'.join(command.path)}(1).")
    page.section("Options")
    page.paragraphs(["Every command takes these, before or after its name."])
    _options(page, tree.options)
    page.section("Exit status")
    for status, meaning in exit_codes.items():
        page.entry(bold(str(status)), f"{meaning[0].upper()}{meaning[1:]}.")
    page.section("Environment")
    for name, meaning in ENVIRONMENT.items():
        page.entry(bold(name), meaning)
    page.section("Files")
    for name, meaning in FILES.items():
        page.entry(italic(name), meaning)
    _see_also(page, ["triforced", *("-".join(command.path) for command in tree.commands)])
    return page.text()


def _command(command: Command, tree: Command, version: str) -> str:
    page = Page("-".join(command.path), 1, version, command.summary)
    page.section("Synopsis")
    for one in command.commands or (command,):
        page.synopsis(one.title, one.usage)
    page.section("Description")
    page.paragraphs(command.paragraphs)
    _arguments(page, command)
    if command.commands:
        page.section("Commands")
        for below in command.walk():
            if below is not command:
                page.subsection(f"{below.title} {below.usage}")
                page.paragraphs(below.paragraphs)
                _arguments(page, below)
                _options(page, below.options)
    page.section("Options")
    _options(page, command.options)
    page.paragraphs(["The options of triforce(1) hold for this command as well, before or after its name."])
    page.section("Exit status")
    page.paragraphs(["See triforce(1)."])
    others = ["-".join(other.path) for other in tree.commands if other is not command]
    _see_also(page, ["triforce", *others])
    return page.text()


def _arguments(page: Page, command: Command) -> None:
    for argument in command.arguments:
        page.entry(italic(argument.name), argument.help)


def _options(page: Page, options: tuple[Option, ...]) -> None:
    for option in options:
        names = ", ".join(bold(name) for name in option.names)
        page.entry(f"{names} {italic(option.value)}" if option.value else names, described(option))


def described(option: Option) -> str:
    """The help of an option with its default and its variable."""
    more = [f"default: {option.default}"] if option.default else []
    more += [f"environment: {option.environment}"] if option.environment else []
    return f"{option.help} ({'; '.join(more)})" if more else option.help


def _see_also(page: Page, names: list[str]) -> None:
    page.section("See also")
    page.line(", ".join(f"{bold(name)}(1)" for name in names))
