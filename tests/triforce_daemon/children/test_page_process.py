"""Pages of HTML turned into text, in this process: nested, broken, in any character set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.children import page_process
from triforce_daemon.children.page_process import LONGEST_LINK, MOST_LINKS, decoded
from triforce_daemon.children.page_words import PageText, Question

PAGE = """<!doctype html><html><head><title> A
 title </title><style>p{}</style><meta name=Robots content="NoIndex, nofollow"><base href="/sub/"></head><body>
<nav><a href="nav">Everywhere</a></nav><header>Site</header>
<h1>Head &amp; shoulders</h1><p>Some <b>bold</b> text<br>on two lines.<script>evil()</script><template>t</template></p>
<ul><li>one<li>two</ul><table><tr><td>a<td>b<tr><td>c<td>d</table><p hidden>hidden</p><i aria-hidden=true>*</i>
<a href="one#part">One</a> <a href="/two?x=1">Two</a> <a href="one">Again</a> <a rel="nofollow ugc" href="ad">Ad</a>
<a href="mailto:a@b.example">m</a> <a href="http://[::1">broken</a> <a href="javascript:x()">j</a>
<footer>Imprint</footer></body></html>"""


def read(page: str | bytes, charset: str | None = None, url: str = "https://a.example/p") -> PageText:
    body = page.encode() if isinstance(page, str) else page
    return page_process.read(body, Question(url=url, charset=charset, form="html"))


def test_a_page() -> None:
    found = read(PAGE)
    assert found["title"] == "A title"
    assert found["robots"] == "noindex, nofollow"
    assert found["links"] == [f"https://a.example{path}" for path in ("/sub/nav", "/sub/one", "/two?x=1")]
    assert found["text"].split("\n") == [
        "Head & shoulders", "", "Some bold text", "on two lines.", "", "one", "", "two", "", "a b", "", "c d", "",
        "One Two Again Ad", "m broken j",
    ]  # fmt: skip


def test_the_main_part_is_enough_where_it_says_something() -> None:
    around = "<body><div>around</div>{}<div>below</div>"
    assert read(around.format("<main><p>" + "word " * 60 + "</main>"))["text"] == ("word " * 60).strip()
    assert "around" in read(around.format("<main>short</main>"))["text"]
    assert "around" in read(around.format("<article>one</article><article>two</article>"))["text"]


def test_without_a_title_the_first_heading_is_one() -> None:
    assert read("<h1>Head</h1><p>x")["title"] == "Head"
    assert read("")["title"] == "" and read("")["text"] == ""


@pytest.mark.parametrize(
    ("page", "told", "text"),
    [
        ("grüße".encode(), None, "grüße"),
        ("grüße".encode("latin-1"), None, "grüße"),
        ("“grüße”".encode("cp1252"), "iso-8859-1", "“grüße”"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        (b"<meta charset=windows-1251>" + "привет".encode("cp1251"), None, "<meta charset=windows-1251>привет"),
        (b"\xef\xbb\xbf" + "grüße".encode(), "latin-1", "grüße"),
        ("\ufeffgrüße".encode("utf-16-le"), None, "grüße"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        ("grüße".encode(), "no-such-charset", "grüße"),
        (b"eJz", "zlib", "eJz"),
        (b"6162", "hex", "6162"),
    ],
)
def test_characters(page: bytes, told: str | None, text: str) -> None:
    assert decoded(page, told, "html") == text


def test_links_are_bounded() -> None:
    many = "".join(f"<a href='/{number}'>x</a>" for number in range(MOST_LINKS + 10))
    assert len(read(many)["links"]) == MOST_LINKS
    assert read(f"<a href='/{'x' * LONGEST_LINK}'>x</a><a href='/\u202ex'>y</a>")["links"] == []


def test_text_is_no_html() -> None:
    found = page_process.read(b"<b>a</b>", Question(url="", charset=None, form="text"))
    assert found == PageText(title="", text="<b>a</b>", links=[], robots="")


def test_a_deep_page_is_read_without_recursion() -> None:
    assert read("<div>" * 5_000 + "deep")["text"] == "deep"


@given(st.text(alphabet="<>/=\"' adivptrbase!-&;\n\x00é", max_size=200) | st.binary(max_size=200))
def test_whatever_comes_is_read(page: str | bytes) -> None:
    found = read(page, "utf-8")
    assert "\n\n\n" not in found["text"] and found["text"] == found["text"].strip()
    assert all(link.startswith(("http://", "https://")) for link in found["links"])
