"""Whatever Specter answers, every question has one finding, and what is told is a value that the sandbox knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from abicart_specter.domain.probe.records import Answer, Verdict
from abicart_specter.domain.probe.specter import QUESTIONS, findings
from abicart_specter.domain.probe.specter.masking import mask_specter
from abicart_specter.domain.probe.specter.material import AGAIN, NO_SUCH, OTHER_ID, PLAIN, QUEUES, READINGS
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter.switches import SWITCHES

NAMES = (
    *READINGS,
    "account_plain",
    "account_xml_1",
    *NO_SUCH,
    "wrong_key",
    *(queue + suffix for queue in QUEUES for suffix in ("", PLAIN, AGAIN, OTHER_ID)),
)
PIECES = st.sampled_from(
    [
        "<r>",
        "</r>",
        "<APIresponse><result>1</result><code>0</code><message>OK</message></APIresponse>",
        "<APIresponse><result>0</result><code>99</code><message>'a'</message></APIresponse>",
        "<APIresponse/>",
        "<stockChanges><stock id='1' name='x'><articles><article><articleNo>A</articleNo>",
        "<noItemsAv>1,50</noItemsAv></article></articles></stock></stockChanges>",
        "<articles><article priceExclVat='1.5' vatPercent='25'><name><![CDATA[å]]></name></article></articles>",
        "<articles/>",
        "<responseMaxLimit>5</responseMaxLimit>",
        "<orders><order orderNo='1'><orderstatus statusId='5' deliveryStatus='D'/></order></orders>",
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        "<html>",
        "0;99;Batchen 'b' är öppen",
        "1;0;OK",
        "1;A;2,50;b\r",
        "articleId;articleNo;noItemsAvailable;batchNo\r\n",
        "\n",
        ";",
        "&#229;",
    ]
)
BODIES = st.one_of(
    st.lists(PIECES, max_size=6).map("".join).map(lambda text: text.encode("iso-8859-1")),
    st.lists(PIECES, max_size=6).map(lambda parts: f"<r>{''.join(parts)}</r>".encode("iso-8859-1")),
    st.binary(max_size=60),
)
ANSWERS = st.dictionaries(
    st.sampled_from(NAMES),
    st.tuples(
        BODIES,
        st.sampled_from([0, 200, 200, 200, 404, 429, 500]),
        st.sampled_from(["", "text/html; charset=x"]),
    ),
)


@given(ANSWERS)
def test_one_finding_each_the_same_when_masked_and_of_a_known_value(drawn) -> None:
    answers = {
        name: Answer(
            name, "call", {}, status, {"content-type": kind}, body if status else b"", "lost" * (not status)
        )
        for name, (body, status, kind) in drawn.items()
    }
    found = findings(answers)
    assert [one.switch for one in found] == [question.switch for question in QUESTIONS]
    masked = {one.name: one for one in mask_specter(list(answers.values()), [])}
    assert findings(masked) == found
    board = SwitchBoard(SWITCHES)
    for one in found:
        assert one.why.endswith((".", "?")) and (one.value is not None) == (one.verdict is Verdict.TOLD)
        assert set(one.answers) <= set(NAMES)
        if one.switch and one.value is not None:
            board.set({one.switch: one.value})
