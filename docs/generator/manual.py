"""The manual: `triforce.1`, a page for each command, and `triforced.1`."""

from collections.abc import Iterator, Mapping

from docs.generator.commands import Command, Option
from docs.generator.prose import DAEMON, DAEMON_ENVIRONMENT, DAEMON_STATUS, ENVIRONMENT, FILES
from docs.generator.roff import Page, bold, italic


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
    _places(page, ENVIRONMENT)
    _see_also(page, ["triforced", *("-".join(command.path) for command in tree.commands)])
    return page.text()


def _command(command: Command, tree: Command, version: str) -> str:
    page = Page("-".join(command.path), 1, version, command.summary)
    _body(page, command)
    page.paragraphs(["The options of triforce(1) hold for this command as well, before or after its name."])
    if command.examples:
        page.section("Examples")
        page.example(command.examples)
    page.section("Exit status")
    page.paragraphs(["See triforce(1)."])
    others = ["-".join(other.path) for other in tree.commands if other is not command]
    _see_also(page, ["triforce", *others])
    return page.text()


def daemon_page(daemon: Command, version: str) -> str:
    """The text of `triforced.1`."""
    page = Page("triforced", 1, version, daemon.summary)
    page.section("Synopsis")
    page.synopsis("triforced", "[OPTIONS]")
    for command in daemon.commands:
        page.synopsis(command.title, command.usage)
    page.section("Description")
    page.paragraphs(DAEMON.split("\n\n"))
    _commands(page, daemon)
    page.section("Options")
    _options(page, daemon.options)
    page.section("Exit status")
    for status, meaning in DAEMON_STATUS.items():
        page.entry(bold(str(status)), meaning)
    _places(page, DAEMON_ENVIRONMENT)
    _see_also(page, ["triforce", "triforce-daemon", "triforce-config", "triforce-doctor"])
    return page.text()


def _body(page: Page, command: Command) -> None:
    page.section("Synopsis")
    for one in command.commands or (command,):
        page.synopsis(one.title, one.usage)
    page.section("Description")
    page.paragraphs(command.paragraphs)
    _arguments(page, command)
    _commands(page, command)
    page.section("Options")
    _options(page, command.options)


def _commands(page: Page, command: Command) -> None:
    """A subsection for each command below this one that can be run."""
    below = [one for one in command.walk() if one is not command and not one.commands]
    if below:
        page.section("Commands")
    for one in below:
        page.subsection(f"{one.title} {one.usage}")
        page.paragraphs(one.paragraphs)
        _arguments(page, one)
        _options(page, one.options)
        if one.examples:
            page.example(one.examples)


def _places(page: Page, environment: Mapping[str, str]) -> None:
    page.section("Environment")
    for name, meaning in environment.items():
        page.entry(bold(name), meaning)
    page.section("Files")
    for name, meaning in FILES.items():
        page.entry(italic(name), meaning)


def _arguments(page: Page, command: Command) -> None:
    for argument in (one for one in command.arguments if one.help):
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
