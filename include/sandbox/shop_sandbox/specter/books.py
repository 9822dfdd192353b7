"""One account's records with the indexes that find them, and the marks that put a change on a queue."""

from __future__ import annotations

from decimal import Decimal

from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter.records import AccountData, Article, Customer, Order, Queue, SiteStock

CANCELLED = 5


def email_key(fields: dict[str, str]) -> str:
    return fields.get("emailaddress", "").strip().lower()


def organisation_key(fields: dict[str, str]) -> str:
    return fields.get("orgno", "").replace("-", "").replace(" ", "").lower()


class Books:
    """Wraps ``AccountData``; whoever adds, renames or removes a record does it here."""

    def __init__(self, data: AccountData, switches: SwitchBoard) -> None:
        self.data = data
        self._switches = switches
        self._number_rule = ""
        self._article_ids: dict[str, int] = {}
        self._by_email: dict[str, list[int]] = {}
        self._by_organisation: dict[str, list[int]] = {}
        self._by_external: dict[str, list[int]] = {}
        for customer in data.customers.values():
            self._index_customer(customer)
        for order in data.orders.values():
            self._by_external.setdefault(order.external_number, []).append(order.number)

    @property
    def default_site(self) -> int:
        return next(iter(self.data.account.sites))

    # articles

    def _folded(self, number: str) -> str:
        return number if self._number_rule == "exact" else number.strip().lower()

    def article(self, number: str) -> Article | None:
        """The article with that number, compared as the switch ``article_number_match`` says."""
        rule = self._switches["article_number_match"]
        if rule != self._number_rule:
            self._number_rule = rule
            self._article_ids = {self._folded(one.number): one.id for one in self.data.articles.values()}
        article_id = self._article_ids.get(self._folded(number))
        return None if article_id is None else self.data.articles[article_id]

    def new_article(self, number: str) -> Article:
        """An empty article under a number that no article has."""
        self.article(number)  # settles the index
        self.data.last_article_id += 1
        article = Article(self.data.last_article_id, number)
        self.data.articles[article.id] = article
        self._article_ids[self._folded(number)] = article.id
        return article

    def rename_article(self, article: Article, number: str) -> None:
        self.article(number)
        del self._article_ids[self._folded(article.number)]
        article.number = number
        self._article_ids[self._folded(number)] = article.id

    def remove_article(self, article: Article) -> None:
        self.article(article.number)
        del self._article_ids[self._folded(article.number)]
        del self.data.articles[article.id]
        for queue in (Queue.STOCK, Queue.ARTICLE_INFO):
            self.data.changes[queue].pop(article.id, None)

    def site_stock(self, article: Article, site: int) -> SiteStock:
        """The stock of a site; makes the article a stock article."""
        return article.stock.setdefault(site, SiteStock())

    def reserve(self, article: Article, site: int, quantity: Decimal) -> None:
        """Take from (or, below 0, give back to) what is available, and report it on the stock queue."""
        if article.stock and quantity:
            self.site_stock(article, site).reserved += quantity
            self.mark(Queue.STOCK, article.id)

    # customers

    def new_customer(self, fields: dict[str, str]) -> Customer:
        self.data.last_customer_number += 1
        customer = Customer(self.data.last_customer_number, fields)
        self.data.customers[customer.number] = customer
        self._index_customer(customer)
        return customer

    def change_customer(self, customer: Customer, fields: dict[str, str]) -> None:
        for index, key in (
            (self._by_email, email_key(customer.fields)),
            (self._by_organisation, organisation_key(customer.fields)),
        ):
            if key:
                index[key].remove(customer.number)
        customer.fields = fields
        customer.updates += 1
        self._index_customer(customer)

    def _index_customer(self, customer: Customer) -> None:
        if email := email_key(customer.fields):
            self._by_email.setdefault(email, []).append(customer.number)
        if organisation := organisation_key(customer.fields):
            self._by_organisation.setdefault(organisation, []).append(customer.number)

    def customer_by_email(self, key: str) -> Customer | None:
        """The oldest customer with that address; an empty one matches nobody."""
        return self._oldest(self._by_email.get(key))

    def customer_by_organisation(self, key: str) -> Customer | None:
        return self._oldest(self._by_organisation.get(key))

    def _oldest(self, numbers: list[int] | None) -> Customer | None:
        return self.data.customers[min(numbers)] if numbers else None

    # orders

    def add_order(self, order: Order) -> None:
        self.data.orders[order.number] = order
        if order.external_number:
            self._by_external.setdefault(order.external_number, []).append(order.number)

    def next_order_number(self) -> int:
        self.data.last_order_number += 1
        return self.data.last_order_number

    def orders_with(self, external_number: str) -> list[Order]:
        """Orders that carry the shop's number, oldest first; an empty number finds none."""
        return [self.data.orders[number] for number in sorted(self._by_external.get(external_number, []))]

    def repeated_orders(self) -> dict[str, list[int]]:
        """The shop's numbers that more than one order carries → those orders' numbers."""
        return {
            key: sorted(numbers) for key, numbers in self._by_external.items() if key and len(numbers) > 1
        }

    def repeated_customers(self) -> dict[str, dict[str, list[int]]]:
        """The e-mail addresses and organisation numbers that more than one customer has → those customers."""
        return {
            name: {key: sorted(numbers) for key, numbers in index.items() if len(numbers) > 1}
            for name, index in (("email", self._by_email), ("orgno", self._by_organisation))
        }

    def customers_with(self, *, email: str | None = None, orgno: str | None = None) -> list[Customer]:
        """Customers with that e-mail address or organisation number, compared as the matching compares them."""
        numbers = set(self._by_email.get(email_key({"emailaddress": email or ""}), []))
        numbers |= set(self._by_organisation.get(organisation_key({"orgno": orgno or ""}), []))
        return [self.data.customers[number] for number in sorted(numbers)]

    def remove_order(self, order: Order) -> None:
        del self.data.orders[order.number]
        if order.external_number:
            self._by_external[order.external_number].remove(order.number)
        self.data.changes[Queue.ORDERS].pop(order.number, None)

    def release(self, order: Order) -> None:
        """Give back what the order still reserves."""
        for row in order.rows:
            article = self.data.articles.get(row.article_id or 0)
            if article is not None:
                self.reserve(article, order.site, row.delivered - row.quantity)

    # queues

    def mark(self, queue: Queue, record: int) -> None:
        """Put a record on a queue; marked again it is a newer change."""
        self.data.last_change += 1
        changes = self.data.changes[queue]
        changes.pop(record, None)  # a newer change goes to the end of the queue
        changes[record] = self.data.last_change
