"""Items that are being written."""

import pytest

from triforce_daemon.dialects.openai_responses.open_item import OpenCall, OpenItem, OpenReasoning, OpenText, OpenWords


@pytest.mark.parametrize(("kind", "id"), [(OpenText, "msg_1_4"), (OpenWords, "msg_1_4"), (OpenReasoning, "rs_1_4")])
def test_an_item_begins_and_ends_under_one_id(kind: type[OpenItem], id: str) -> None:
    item = kind(4, 2, "resp_1")
    item.pieces += ["a", "b"]
    begun = item.start()
    events, finished = item.finish()
    assert begun[0][0] == "response.output_item.added" and events[-1][0] == "response.output_item.done"
    assert begun[0][1]["item"]["id"] == finished["id"] == item.id == id
    assert {content["output_index"] for _, content in (*begun, *events)} == {2}
    assert b'"output_index":2' in item.head and item.head.endswith(b',"delta":')


@pytest.mark.parametrize(("takes_text", "id"), [(False, "fc_1_0"), (True, "ctc_1_0")])
def test_a_call_begins_empty(takes_text: bool, id: str) -> None:
    call = OpenCall(0, 0, "resp_1")
    call.named("c", {"name": "f"}, takes_text=takes_text)
    ((kind, content),) = call.start()
    assert kind == "response.output_item.added"
    assert content["item"]["id"] == id
    assert content["item"]["input" if takes_text else "arguments"] == ""
    assert bool(call.head) is not takes_text


def test_there_is_no_item_of_no_kind() -> None:
    item = OpenItem(0, 0, "a")
    for ask in (item.start, item.finish):
        with pytest.raises(NotImplementedError):
            ask()
