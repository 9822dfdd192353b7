from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.html_text import strip_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Varm &amp; mjuk</p><p>av <b>ull</b></p>", "Varm & mjuk\n\nav ull"),
        ("rad 1<br>rad 2<BR/>rad 3", "rad 1\nrad 2\nrad 3"),
        ("<ul><li>ett<li>två</ul>", "- ett\n- två"),
        ("<table><tr><td>S</td><td>M</td></tr></table>", "S M"),
        ("<a href='x>y' title=\"<\">länk</a>", "länk"),
        ("före<script>if (a<b) {x()}</script>efter", "föreefter"),
        ("<style type='text/css'>p{}</style>text", "text"),
        ("a<!-- gömd --><b>b</b>", "ab"),
        ("bl&aring; m&ouml;ssa &#8211; &#x41;", "blå mössa – A"),
        ("<p>mer\n  blank\ttext</p>", "mer blank text"),
    ],
)
def test_markup_becomes_what_a_reader_sees(html: str, text: str) -> None:
    assert strip_html(html) == text


@pytest.mark.parametrize(
    "text",
    [
        "Kabel <2 m",
        "a<b",
        "a < b > c",
        "R&D",
        "AT&T &copy",
        "x&notanentity;y",
        "&notit;",
        "<okänd>",
        "<script>utan slut",
        "<!-- utan slut",
        "två  blanka",
        "  kant ",
    ],
)
def test_what_only_looks_like_markup_is_kept(text: str) -> None:
    assert strip_html(text) == text


@given(st.text(st.characters(exclude_characters="<&")))
def test_text_without_markup_is_left_alone(text: str) -> None:
    assert strip_html(text) == text


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "&", ";", '"', "'", "b", "p", "/", "!--", "-->", "script", " ", "å", "#65"]
        )
    )
)
def test_nothing_makes_it_fail(parts: list[str]) -> None:
    assert isinstance(strip_html("".join(parts)), str)


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=1),
    st.sampled_from(["b", "p", "span", "div", "h1"]),
)
def test_text_inside_tags_survives(text: str, tag: str) -> None:
    assert strip_html(f"<{tag} class='x'>{text}</{tag}>") == text


@pytest.mark.parametrize("piece", ['<a "', "<!--", "<script>", "<script></script", "<a b", "<", "&a", "<p '"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    strip_html(piece * 20_000)
    assert time.process_time() - started < 2
