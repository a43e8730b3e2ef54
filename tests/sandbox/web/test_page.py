"""The page for people, its pictures and the book as JSON."""

import re
import struct
import zlib

import pytest

from tests.sandbox.conftest import msg, send
from viber_messaging.sandbox import SCENARIOS
from viber_messaging.sandbox.web.page import BUBBLES_SHOWN

BUTTON = {"type": "button", "button": "Open & see", "url": "https://page.url/?a=1&b=2"}


@pytest.fixture
def page(sandbox, session):
    def page(path=""):
        return session.get(sandbox.page_url + path, timeout=5).text

    return page


def test_an_empty_book_says_so(page):
    assert "Nothing has arrived yet" in page()


def test_a_message_is_shown_as_the_phone_would_show_it(post, page):
    post(send(msg(77, sender="Coffee Shop", text="Two\nlines", **BUTTON, image="https://image.url/cup.png")))
    html = page()
    for part in ("+380971234567", "Coffee Shop", "Two\nlines", "Open &amp; see", "received · 1", "id 77", "1234568"):
        assert part in html
    assert 'href="https://page.url/?a=1&amp;b=2"' in html
    assert 'src="https://image.url/cup.png" alt="cup.png · image.url"' in html


def test_every_value_is_escaped(post, page):
    evil = "<script>alert(1)</script>\"'"
    post(
        send(
            msg(1, type="button", text=evil, button="<b>\"'", url=f"https://x/{evil}", image=f"https://x/{evil}/a.png")
        )
    )
    html = page()
    assert "<script" not in html
    assert "<b>" not in html
    assert not re.search(r'(href|src|alt)="[^"]*[<>\']', html)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


@pytest.mark.parametrize("link", ["javascript:alert(1)//.png", "data:text/html,x.png", "https://[x/a.png", "//a/b.png"])
def test_no_link_but_one_of_the_web_gets_onto_the_page(post, page, link):
    post(send(msg(1, type="button", text="T", button="B", url=link, image="https://x/a.png")))
    post(send(msg(2, type="button", text="T", button="B", url="https://x/", image=link)))
    html = page("?refresh=off")
    assert "Nothing has arrived yet" in html
    assert link not in html


def test_the_newest_message_stands_first(post, page):
    post(
        send(*(msg(reference, phone=f"+38097123456{reference}", text=f"number {reference}") for reference in (1, 2, 3)))
    )
    html = page()
    assert html.index("number 3") < html.index("number 2") < html.index("number 1")


def test_a_long_book_is_shown_in_part(post, page):
    post(send(*(msg(reference) for reference in range(1, BUBBLES_SHOWN + 3))))
    html = page()
    assert html.count('class="bubble"') == BUBBLES_SHOWN
    assert "and 2 older" in html


def test_the_page_allows_itself_no_script_and_refreshes_unless_told_not_to(sandbox, session, page):
    policy = session.get(sandbox.page_url, timeout=5).headers["Content-Security-Policy"]
    assert "default-src 'none'; img-src https: http: data:; style-src 'self'" in policy
    assert 'http-equiv="refresh"' in page()
    assert 'http-equiv="refresh"' not in page("?refresh=off")


def test_the_page_names_every_scenario(page):
    html = page()
    assert all(f"<code>{scenario.phone}</code>" in html and scenario.name in html for scenario in SCENARIOS)


def test_the_style_sheet_is_served(sandbox, session):
    response = session.get(sandbox.page_url + "style.css", timeout=5)
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "prefers-color-scheme: dark" in response.text


def test_a_sample_picture_is_a_whole_png(sandbox, session):
    picture = session.get(sandbox.page_url + "pictures/coffee.png", timeout=5)
    assert picture.headers["Content-Type"] == "image/png"
    width, height = struct.unpack(">II", picture.content[16:24])
    data = picture.content[41 : 41 + struct.unpack(">I", picture.content[33:37])[0]]
    assert len(zlib.decompress(data)) == height * (3 * width + 1)


@pytest.mark.parametrize("name", ["../book.png", "A.png", "a.svg", f"{'a' * 41}.png", ".png"])
def test_a_picture_of_another_name_is_not_found(sandbox, session, name):
    assert session.get(f"{sandbox.page_url}pictures/{name}", timeout=5).status_code == 404


def test_the_book_is_given_as_json(sandbox, session, post):
    post(send(msg(5, text="Привіт"), msg(6, phone="no")))
    book = session.get(sandbox.page_url + "book.json", timeout=5).json()
    assert [(row["id"], row["text"], row["status_code"], row["times_accepted"]) for row in book["messages"]] == [
        (5, "Привіт", 1, 1)
    ]
    assert (book["balance"], book["request_count"]) == ("999999.60", 1)
