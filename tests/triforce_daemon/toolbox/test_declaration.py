"""A decorated function stays what it was, and carries its declaration."""

from tests.triforce_daemon.toolbox import bench
from triforce_daemon.toolbox.declaration import declaration_of, tool, tools_of


async def test_the_function_is_returned_unchanged() -> None:
    assert await bench.books_search("emma", shelf=bench.Shelf()) == {"books": ["emma"]}


def test_rights_follow_from_what_it_does() -> None:
    scopes = [(declared.scope, declared.approval) for declared in map(declaration_of, bench.FUNCTIONS) if declared]
    assert scopes == [("tools", False), ("tools:write", True), ("admin", False), ("tools:exec", False)]


def test_a_scope_of_its_own_is_kept() -> None:
    @tool(tier="guest", effect="write", scope="inference")
    async def ask() -> None: ...

    declared = declaration_of(ask)
    assert declared is not None and declared.scope == "inference"


def test_a_modules_tools_are_those_that_it_defines_in_their_order() -> None:
    assert tools_of(bench) == list(bench.FUNCTIONS)


def test_an_approval_for_some_arguments() -> None:
    @tool(tier="free", effect="destroy", approval={"action": ("switch",)})
    async def some() -> None: ...

    @tool(tier="free", effect="destroy")
    async def every() -> None: ...

    one, all_of_them = declaration_of(some), declaration_of(every)
    assert one is not None and one.approval and one.approval_for == {"action": frozenset({"switch"})}
    assert all_of_them is not None and all_of_them.approval and all_of_them.approval_for == {}
