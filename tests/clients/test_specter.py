"""The Specter client against the sandbox: every switch that touches articles, reads or transport, every fault."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from tests.clients.raw_server import CLOSE, RawServer, http, in_turn

from abicart_specter.clients.options import HttpOptions
from abicart_specter.clients.specter import SpecterClient, WriteAnswer
from abicart_specter.clients.specter_batches import (
    ArticleInfoAnswer,
    OpenBatchError,
    OrdersAnswer,
    Queue,
    StockAnswer,
)
from abicart_specter.errors import (
    AbicartSpecterError,
    CredentialsError,
    RateLimitedError,
    RecordError,
    RefusedError,
    ServerFaultError,
    TransportError,
    UnconfirmedError,
    UnreadableAnswerError,
)
from shop_sandbox.specter.switches import ANSWERS, ARTICLES, BATCHES, REQUESTS

ROWS = [
    {
        "articleNo": "BLA-1",
        "name": 'Blå "mössa" & vante - é',
        "priceExclVAT": "159.20",
        "vatPercent": "25",
    },
    {"articleNo": "ROD-2", "name": "Röd vante", "priceExclVAT": "80.00", "vatPercent": "12"},
]
IMPATIENT = HttpOptions(connect_timeout=0.5, read_timeout=0.5, max_tries=3)


def stored(control) -> list[tuple[str, str, Decimal, Decimal]]:
    return [
        (one["number"], one["name"], Decimal(str(one["price"])), Decimal(str(one["vat_percent"])))
        for one in control.inspect("articles")
    ]


WANTED = [
    ("BLA-1", 'Blå "mössa" & vante - é', Decimal("159.20"), Decimal(25)),
    ("ROD-2", "Röd vante", Decimal("80.00"), Decimal(12)),
]


# Writing articles


def test_what_goes_over_the_wire(specter_server, opening):
    client = opening.specter(specter_server.url)
    answer = client.submit_articles(ROWS, force=False)
    assert answer.number == 2
    assert answer.words == "Artiklarna är sparade"
    client.submit_articles(ROWS, force=True)
    first, second = specter_server.control.requests()
    assert (first["method"], first["path"]) == ("POST", "/putInfo.asp")
    assert parse_qs(first["query"]) == {
        "action": ["newArticleSubmit"],
        "sbmId": ["1000"],
        "apiUserId": ["12"],
        "useXML": ["1"],
        "key": parse_qs(first["query"])["key"],
    }
    assert parse_qs(second["query"])["forceArticleUpdate"] == ["1"]
    assert dict(first["headers"])["content-type"] == "application/x-www-form-urlencoded"
    assert first["body"].startswith(
        "articleNo_1=BLA-1&name_1=Bl%E5+%22m%F6ssa%22+%26+vante+-+%E9&priceExclVAT_1=159.20"
    )
    assert "articleNo_2=ROD-2" in first["body"]
    assert stored(specter_server.control) == WANTED
    assert len(opening.secrets) == 3
    assert opening.secrets[-1] == parse_qs(first["query"])["key"][0]


def test_supplier_fields_are_announced(specter_server, opening):
    opening.specter(specter_server.url).submit_articles([ROWS[0] | {"supplierNo": "7"}], force=False)
    assert specter_server.control.requests()[0]["body"].startswith("addSupplier=1&articleNo_1=")


def test_version_1_goes_without_api_user(specter_server, opening):
    client = opening.specter(specter_server.url, version=1, api_user_id=12)
    assert client.check_account().recognised
    client.submit_articles(ROWS, force=False)
    assert all("apiUserId" not in one["query"] for one in specter_server.control.requests())
    assert len(specter_server.control.inspect("articles", account=1001)) == 2


def test_a_hundred_rows_go_in_one_call_over_one_connection(specter_server, opening):
    client = opening.specter(specter_server.url)
    for start in range(0, 300, 100):
        rows = [ROWS[0] | {"articleNo": f"A-{number}"} for number in range(start, start + 100)]
        client.submit_articles(rows, force=False)
    counters = specter_server.control.counters()
    assert client.counts.as_dict() == {
        "requests": counters["requests"],
        "retries": 0,
        "writes": counters["writes"],
        "connections_opened": counters["connections"],
    }
    assert (counters["requests"], counters["article_rows"], counters["connections"]) == (3, 300, 1)


def test_the_size_of_a_row_is_what_it_takes_in_the_body(specter_server, opening):
    client = opening.specter(specter_server.url)
    client.submit_articles(ROWS, force=False)
    body = specter_server.control.requests()[0]["body"]
    assert sum(client.encoded_size(row, place) for place, row in enumerate(ROWS, 1)) == len(body) + 1


def alternatives():
    for switch in (*ANSWERS, *REQUESTS, *ARTICLES, *BATCHES):
        for value in switch.choices:
            if value != switch.default:
                yield switch.name, value
    yield "xml_root", "Svar"
    yield "max_article_rows", 0
    yield "stock_site_names", "SiteID"
    yield "stock_site_names", "nr,namn"


@pytest.mark.parametrize(("switch", "value"), list(alternatives()))
def test_articles_are_written_and_read_back_the_same_under_every_switch(
    specter_server, opening, switch, value
):
    control = specter_server.control
    control.switches(**{switch: value})
    client = opening.specter(specter_server.url)
    client.check_account()
    answer = client.submit_articles(ROWS, force=False)
    if (switch, value) == ("article_answer_id", "none"):
        assert answer.number is None
    else:
        assert answer.number is not None
    client.submit_articles(ROWS, force=True)
    assert stored(control) == WANTED
    control.edit("article.change", number="ROD-2", price="1234.50", old_price="1500", show_old_price=True)
    for number, available in (("BLA-1", "12"), ("ROD-2", "2.5")):
        control.edit("article.stock", number=number, available=available)

    stock = drained(client, Queue.STOCK)
    quantities = {}
    for row in stock:
        quantities[row.article_no] = quantities.get(row.article_no, 0) + (row.quantity or 0)
    assert quantities == {"BLA-1": Decimal(12), "ROD-2": Decimal("2.5")}
    info = {row.article_no: row for row in drained(client, Queue.ARTICLE_INFO)}
    assert (info["ROD-2"].price_ex_vat, info["ROD-2"].former_price) == (Decimal("1234.50"), Decimal(1500))
    assert (info["ROD-2"].vat_percent, info["ROD-2"].show_former_price) == (Decimal(12), True)
    assert info["ROD-2"].name == "Röd vante"
    assert all(row.unreadable == () for row in info.values())


def drained(client: SpecterClient, queue: Queue) -> list:
    """All rows, batch after batch until one is empty, as a flow would do it."""
    rows: list = []
    for number in range(100):
        try:
            answer = client.read_batch(queue, f"B-{queue}-{number}")
        except RefusedError as error:
            # An empty queue may be answered with an error nobody knows: the caller must decide. (Question 5.)
            assert error.words == "Inget att rapportera"
            return rows
        assert answer.queue is queue
        rows += answer.rows
        client.acknowledge(queue, answer.batch_no)
        if answer.is_empty:
            return rows
    raise AssertionError("the queue does not end")


@pytest.mark.parametrize("mode", ["lenient", "chaos"])
def test_articles_are_written_in_every_mode(specter_server, opening, mode):
    specter_server.control.mode(mode)
    client = opening.specter(specter_server.url)
    for number in range(30):
        client.submit_articles([ROWS[0] | {"articleNo": f"A-{number}"}], force=True)
    assert len(specter_server.control.inspect("articles")) == 30
    counters = specter_server.control.counters()
    assert client.counts.requests == counters["requests"]
    assert client.counts.retries == sum(
        count for kind, count in counters["faults"].items() if kind in ("cut", "html_500")
    )


@pytest.mark.parametrize("status", ["200", "500"])
@pytest.mark.parametrize("use_xml_1", ["text", "xml"])
def test_a_refusal_carries_code_and_words_and_is_not_repeated(specter_server, opening, status, use_xml_1):
    specter_server.control.switches(error_status=status, use_xml_1=use_xml_1, refused_numbers=["ROD-2"])
    client = opening.specter(specter_server.url)
    with pytest.raises(RefusedError) as caught:
        client.submit_articles(ROWS, force=False)
    assert type(caught.value) is RefusedError
    assert caught.value.code == "9011"
    assert "ROD-2" in caught.value.words
    assert "Shop demo: Specter refuses newArticleSubmit" in str(caught.value)
    assert client.counts.requests == 1
    assert stored(specter_server.control) == []


def test_a_refusal_never_shows_what_looks_like_a_key(specter_server, opening):
    words = "9100 Nyckel 0123456789abcdef0123456789abcdef fel för demo-user-key"
    specter_server.control.fault("refusal", words=words)
    with pytest.raises(RefusedError) as caught:
        opening.specter(specter_server.url).submit_articles(ROWS, force=False)
    assert caught.value.words == "Nyckel *** fel för ***"


def test_code_99_on_a_write_is_a_refusal_like_any_other(specter_server, opening):
    with RawServer(in_turn(http("0;99;Konstigt".encode("latin-1")))) as server:
        with pytest.raises(RefusedError) as caught:
            opening.specter(server.url).submit_articles(ROWS, force=False)
        assert type(caught.value) is RefusedError


def test_a_row_that_does_not_fit_is_refused_before_anything_is_sent(specter_server, opening):
    client = opening.specter(specter_server.url)
    with pytest.raises(RecordError, match="field name"):
        client.submit_articles([ROWS[0], {"articleNo": "X", "name": "łódź"}], force=False)
    with pytest.raises(RecordError, match="too long"):
        client.submit_articles([{"articleNo": "X", "name": "x" * 200_000}], force=False)
    with pytest.raises(ValueError, match="no rows"):
        client.submit_articles([], force=False)
    assert client.counts.requests == 0


def test_before_each_try_the_caller_is_asked(specter_server, opening):
    specter_server.control.fault("drop_after", count=2)
    client = opening.specter(specter_server.url)
    asked = []
    client.submit_articles(ROWS, force=False, before_try=lambda: asked.append(client.counts.requests))
    assert asked == [0, 1, 2]

    def stop():
        raise AbicartSpecterError("lease lost")

    with pytest.raises(AbicartSpecterError, match="lease lost"):
        client.submit_articles(ROWS, force=False, before_try=stop)
    assert client.counts.requests == 3


# Credentials


@pytest.mark.parametrize("account_check_key", ["empty", "sbm_id", "api_user", "any"])
def test_good_credentials_are_recognised_whatever_the_key_covers(specter_server, opening, account_check_key):
    specter_server.control.switches(account_check_key=account_check_key)
    assert opening.specter(specter_server.url).check_account().recognised


@pytest.mark.parametrize("answer", ["settings", "unknown_action"])
def test_an_account_check_nobody_can_read_proves_nothing(specter_server, opening, answer):
    specter_server.control.switches(account_check=answer)
    assert not opening.specter(specter_server.url).check_account().recognised
    assert specter_server.control.counters()["writes"] == 0


@pytest.mark.parametrize("status", ["200", "500"])
@pytest.mark.parametrize(
    "settings", [{"user_key": "wrong-user-key"}, {"sbm_id": 4711}, {"api_user_id": 13}, {"api_user_id": None}]
)
def test_wrong_credentials_are_fatal_and_say_what_to_do(specter_server, opening, settings, status):
    specter_server.control.switches(error_status=status)
    client = opening.specter(specter_server.url, **settings)
    with pytest.raises(CredentialsError, match="connection specter_demo") as caught:
        client.check_account()
    assert "wrong-user-key" not in str(caught.value)
    assert client.counts.retries == 0
    assert specter_server.control.counters()["writes"] == 0


@pytest.mark.parametrize(
    ("check", "nonsense", "wrong_key", "refused"),
    [
        ("0;1;bad key", "0;2;no such function", "0;1;bad key", True),
        ("0;1;bad key", "1;0;OK", "0;1;bad key", True),
        ("0;1;bad key", "0;1;bad key", "0;1;bad key", False),
        ("0;3;not for you", "0;2;no such function", "0;1;bad key", False),
        ("0;2;no checkAccountSettings", "0;2;no checkNothingAtAll", "0;2;no checkAccountSettings", False),
        ("0;1;bad key", "0;2;no such function", "1;0;OK", False),
        ("0;1;bad key", "0;2;no such function", "<settings/>", False),
    ],
)
def test_only_a_refusal_of_the_key_itself_is_wrong_credentials(opening, check, nonsense, wrong_key, refused):
    calls = []

    def script(request):
        action = parse_qs(request.target.partition("?")[2])["action"][0]
        calls.append(action)
        if action != "checkAccountSettings":
            return [http(nonsense)]
        return [http(check if calls.count(action) <= 3 else wrong_key)]

    with RawServer(script) as server:
        client = opening.specter(server.url)
        if refused:
            with pytest.raises(CredentialsError, match="bad key"):
                client.check_account()
        else:
            assert not client.check_account().recognised


@pytest.mark.parametrize("body", ["", "OK", "<settings/>"])
def test_a_whole_answer_of_an_unknown_form_is_not_asked_for_again(opening, body):
    with RawServer(in_turn(http(body))) as server:
        assert not opening.specter(server.url).check_account().recognised
        assert len(server.received) == 1


# Faults

FAULTS = [
    {"kind": "refuse"},
    {"kind": "drop_before"},
    {"kind": "drop_before", "how": "reset"},
    {"kind": "drop_after"},
    {"kind": "drop_after", "how": "reset"},
    {"kind": "cut"},
    {"kind": "cut", "how": "chunked"},
    {"kind": "cut", "how": "clean", "keep": 0.05},
    {"kind": "html_500"},
    {"kind": "html_500", "work": "before"},
    {"kind": "too_many", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 1.0},
    {"kind": "unavailable", "seconds": 0.0},
    {"kind": "slow", "seconds": 1.5},
]
NAMES = [" ".join(str(value) for value in fault.values()) for fault in FAULTS]


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
def test_one_fault_of_each_kind_doubles_nothing(specter_server, opening, fault):
    control = specter_server.control
    control.fault(**fault)
    client = opening.specter(specter_server.url, IMPATIENT)
    client.submit_articles(ROWS, force=False)
    assert stored(control) == WANTED
    assert client.counts.retries == 1
    counters = control.counters()
    assert sum(counters["faults"].values()) == 1
    assert client.counts.requests == counters["requests"] + counters["refused"]


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
def test_a_fault_that_stays_leaves_a_write_unconfirmed_unless_it_surely_was_not_done(
    specter_server, opening, fault
):
    specter_server.control.fault(**fault, count=None)
    client = opening.specter(specter_server.url, IMPATIENT)
    kind = RateLimitedError if fault["kind"] == "too_many" else UnconfirmedError
    with pytest.raises(kind, match="after 3 tries") as caught:
        client.submit_articles(ROWS, force=False)
    assert type(caught.value) is kind
    assert "newArticleSubmit" in str(caught.value)


def test_one_lost_try_is_enough_for_doubt(specter_server, opening):
    specter_server.control.fault("drop_after")
    specter_server.control.fault("too_many", count=None)
    with pytest.raises(UnconfirmedError):
        opening.specter(specter_server.url, IMPATIENT).submit_articles(ROWS, force=False)
    assert stored(specter_server.control) == WANTED


def test_a_server_that_is_not_there_was_surely_not_sent_anything(opening):
    with RawServer(in_turn(http())) as server:
        url = server.url
    client = opening.specter(url, IMPATIENT)
    with pytest.raises(TransportError, match="no connection could be made, after 3 tries"):
        client.submit_articles(ROWS, force=False)
    assert client.counts.requests == 0


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
def test_a_batch_survives_one_fault_of_each_kind(specter_server, opening, fault):
    control = specter_server.control
    control.edit("article.new", number="A", name="Blå", price="10.50", available="3")
    client = opening.specter(specter_server.url, IMPATIENT)
    control.fault(**fault)
    assert [row.article_no for row in client.read_batch(Queue.STOCK, "B1").rows] == ["A"]
    control.fault(**fault)
    client.acknowledge(Queue.STOCK, "B1")
    assert client.counts.retries == 2
    assert control.inspect("queues")["stock"] == []
    assert control.inspect("batches") == []


READ_ERRORS = {"too_many": RateLimitedError, "html_500": ServerFaultError}


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
def test_a_fault_that_stays_ends_a_read_with_its_own_error(specter_server, opening, fault):
    specter_server.control.edit("article.new", number="A", available="3")
    specter_server.control.fault(**fault, count=None)
    kind = READ_ERRORS.get(fault["kind"], TransportError)
    if fault.get("how") == "clean":
        kind = UnreadableAnswerError
    if fault["kind"] == "unavailable":
        kind = RateLimitedError if fault["seconds"] else ServerFaultError
    with pytest.raises(kind) as caught:
        opening.specter(specter_server.url, IMPATIENT).read_batch(Queue.STOCK, "B1")
    assert type(caught.value) is kind


# Batches


def test_batches_are_read_typed_with_their_raw_bytes(specter_server, opening):
    control = specter_server.control
    control.edit("article.new", number="A", name="Blå", price="10.50", vat_percent="12", available="2.5")
    client = opening.specter(specter_server.url)
    stock = client.read_batch(Queue.STOCK, "B1")
    info = client.read_batch(Queue.ARTICLE_INFO, "B2")
    orders = client.read_batch(Queue.ORDERS, "B3")
    assert isinstance(stock, StockAnswer)
    assert isinstance(info, ArticleInfoAnswer)
    assert isinstance(orders, OrdersAnswer)
    assert (stock.rows[0].article_no, stock.rows[0].quantity, stock.rows[0].site) == (
        "A",
        Decimal("2.5"),
        "1",
    )
    assert (info.rows[0].price_ex_vat, info.rows[0].vat_percent, info.limit) == (Decimal("10.50"), 12, 500)
    assert orders.is_empty
    answers = [one["answer"].encode("latin-1") for one in control.requests()]
    assert [stock.raw, info.raw, orders.raw] == answers
    assert parse_qs(control.requests()[0]["query"])["getMultipleStocksites"] == ["1"]
    assert client.counts.connections_opened == 1


@pytest.mark.parametrize("queue", list(Queue))
def test_an_open_batch_is_named_read_and_closed(specter_server, opening, queue):
    control = specter_server.control
    control.edit("article.new", number="A", available="3")
    control.fault("error_99", words="f" * 32)
    client = opening.specter(specter_server.url)
    with pytest.raises(OpenBatchError) as caught:
        client.read_batch(queue, "B1")
    assert caught.value.batch_no == "f" * 32
    assert caught.value.code == "99"
    client.read_batch(queue, caught.value.batch_no)
    client.acknowledge(queue, caught.value.batch_no)
    assert client.read_batch(queue, "B1").is_empty


def test_an_open_batch_is_read_again_until_it_is_closed(specter_server, opening):
    control = specter_server.control
    control.edit("article.new", number="A", available="3")
    client = opening.specter(specter_server.url)
    first = client.read_batch(Queue.STOCK, "B1")
    assert client.read_batch(Queue.STOCK, "B1").rows == first.rows
    with pytest.raises(OpenBatchError) as caught:
        client.read_batch(Queue.STOCK, "B2")
    assert caught.value.batch_no == "B1"
    client.acknowledge(Queue.STOCK, "B1")
    assert client.read_batch(Queue.STOCK, "B2").is_empty
    assert client.counts.writes == control.counters()["writes"] == 1


@pytest.mark.parametrize("ack_unknown", ["success", "error"])
def test_closing_what_is_closed_is_done(specter_server, opening, caplog, ack_unknown):
    specter_server.control.switches(ack_unknown=ack_unknown)
    opening.specter(specter_server.url).acknowledge(Queue.STOCK, "B-old")
    warned = [one for one in caplog.records if "taken for closed" in one.getMessage()]
    assert len(warned) == (ack_unknown == "error")


def test_an_empty_acknowledgement_is_repeated_once_and_then_believed(specter_server, opening):
    specter_server.control.switches(ack_answer="empty")
    client = opening.specter(specter_server.url)
    client.acknowledge(Queue.STOCK, "B1")
    assert client.counts.requests == 2


@pytest.mark.parametrize("queue", list(Queue))
def test_an_answer_cut_to_nothing_is_not_taken_for_an_empty_queue(specter_server, opening, queue):
    control = specter_server.control
    control.edit("article.new", number="A", available="3")
    control.fault("cut", how="clean", keep=0.0)
    client = opening.specter(specter_server.url)
    assert client.read_batch(queue, "B1").raw != b""
    assert client.counts.retries == 1


def test_a_plain_answer_is_understood_though_xml_was_asked_for(opening):
    plain = "articleId;articleNo;noItemsAvailable;batchNo\r7;\xc5-1;12;B1\r".encode("latin-1")
    empty = plain.split(b"\r")[0] + b"\r"
    with RawServer(in_turn(http(plain), http(empty))) as server:
        client = opening.specter(server.url)
        (row,) = client.read_batch(Queue.STOCK, "B1").rows
        assert (row.article_no, row.quantity, row.specter_id) == ("Å-1", 12, "7")
        assert client.read_batch(Queue.STOCK, "B1").is_empty
        assert len(server.received) == 3


@pytest.mark.parametrize(
    ("answers", "number"),
    [
        ([http("1;12;OK")], 12),
        ([http("1;;OK")], None),
        ([http("1;12"), http("1;12;OK")], 12),
        ([http("<html>hej</html>"), http("1;12;OK")], 12),
        ([http("1;12;OK", 500), http("1;12;OK")], 12),
        ([http("1;12;OK", 302), http("1;12;OK")], 12),
        ([http(""), http("1;12;OK")], 12),
        ([[CLOSE], http("1;12;OK")], 12),
    ],
)
def test_only_a_whole_answer_in_a_known_form_with_status_200_is_a_success(opening, answers, number):
    with RawServer(in_turn(*answers)) as server:
        answer = opening.specter(server.url).submit_articles(ROWS, force=False)
        assert isinstance(answer, WriteAnswer)
        assert answer.number == number
        assert len(server.received) == len(answers)
