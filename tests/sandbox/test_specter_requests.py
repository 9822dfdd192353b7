"""Where parameters may stand and how names may be written (reference 1)."""

from __future__ import annotations

import pytest
import requests


@pytest.mark.parametrize("path", ["/putInfo.asp", "//putInfo.asp", "/PUTINFO.ASP", "/putinfo.asp/"])
def test_paths(specter, path: str) -> None:
    fields = {
        "ACTION": "newarticlesubmit",
        "SBMID": "1000",
        "ApiUserID": "12",
        "KEY": specter.call.key("A-1"),
    }
    fields |= {"ARTICLENO_1": "A-1", "Name_1": "Lampa"}
    answer = requests.get(f"{specter.call.url}{path}", fields, timeout=10)
    assert (answer.status_code, answer.content[:3]) == (200, b"1;1")
    assert specter.article("A-1")["name"] == "Lampa"
    assert specter.control.counters()["calls"] == {"newArticleSubmit": 1}


def test_everything_in_the_body_which_may_begin_with_an_ampersand(specter) -> None:
    fields = {
        "action": "newArticleSubmit",
        "sbmId": "1000",
        "apiUserId": "12",
        "key": specter.call.key("A-1"),
    }
    body = "&" + specter.call.form(fields | {"articleNo_1": "A-1", "name_1": "Skål blå"})
    assert requests.post(f"{specter.call.url}/putInfo.asp", body, timeout=10).content.startswith(b"1;1;")
    assert specter.article("A-1")["name"] == "Skål blå"


def test_the_query_wins_over_the_body(specter) -> None:
    specter.call.put("newArticleSubmit", "A-1", {"articleNo_1": "A-1", "name_1": "Kropp"}, name_1="Fråga")
    assert specter.article("A-1")["name"] == "Fråga"


def test_a_name_sent_twice_gives_both_values(specter) -> None:
    query = f"action=newArticleSubmit&sbmId=1000&apiUserId=12&key={specter.call.key('A-1')}&articleNo_1=A-1"
    requests.post(f"{specter.call.url}/putInfo.asp?{query}", "name_1=a&name_1=b", timeout=10)
    assert specter.article("A-1")["name"] == "a, b"


@pytest.mark.parametrize("path", ["/", "/other.asp", "/getInfo"])
def test_no_such_page(specter, path: str) -> None:
    assert requests.get(specter.call.url + path, timeout=10).status_code == 404


def test_unknown_action_and_action_on_the_wrong_page(specter) -> None:
    call = specter.call
    assert call.triple(call.send("getInfo.asp", "getPriceList", "", {}).content)[:2] == ("0", "9008")
    assert call.triple(call.send("getInfo.asp", "newArticleSubmit", "A", {}).content)[:2] == ("0", "9008")
    assert call.put("getArticleExternalNeedUpdate", "b", {"batchNo": "b"})[:2] == ("0", "9008")
    assert call.triple(requests.get(f"{call.url}/getInfo.asp", timeout=10).content)[:2] == ("0", "9008")
