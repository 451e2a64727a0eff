"""What a user's turn says besides the results of calls, in dialects where both stand in one message."""

from triforce_daemon.dialects.canonical import Message, Part


def apart(parts: list[Part]) -> list[Message]:
    """The results and the rest, each a message, in the order in which they begin."""
    results: list[Part] = [part for part in parts if part["type"] == "tool_result"]
    if not results:
        return [Message(role="user", parts=parts)]
    others: list[Part] = [part for part in parts if part["type"] != "tool_result"]
    tool = Message(role="tool", parts=results)
    if not others:
        return [tool]
    user = Message(role="user", parts=others)
    return [tool, user] if parts[0]["type"] == "tool_result" else [user, tool]
