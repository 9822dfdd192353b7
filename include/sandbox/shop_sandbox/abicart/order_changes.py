"""What happens to an order after it was placed: payment, delivery, rows taken out, cancelling. Stock follows."""

from __future__ import annotations

from decimal import Decimal

from shop_sandbox.abicart.errors import FORBIDDEN, RpcError, invalid
from shop_sandbox.abicart.model import Article
from shop_sandbox.abicart.money import ZERO, total_of
from shop_sandbox.abicart.order_costs import whole
from shop_sandbox.abicart.order_model import Order, OrderItem, Payment, Shipment, ShipmentItem
from shop_sandbox.abicart.times import whole_second
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import tidy


def move_stock(view: View, order: Order, direction: int, *, only: OrderItem | None = None) -> None:
    """Take what the order holds from stock (-1) or put it back (1); of a package, its parts."""
    for uid in order.items:
        item = view.shop.order_items.rows[uid]
        if not item.takes_stock or (only is not None and item is not only):
            continue
        article = None if item.article is None else view.shop.articles.get(item.article)
        if article is None:
            continue
        _move(view, article, item, direction * item.quantity)


def _move(view: View, article: Article, item: OrderItem, by: Decimal) -> None:
    shop = view.shop
    variant = None if item.variant is None else shop.variants.get(item.variant)
    if article.use_stock and variant is not None:
        with shop.changing("variants", variant, view.now):
            variant.stock = tidy(variant.stock + by)
    with shop.changing("articles", article, view.now):
        article.num_sold -= int(by)
        if article.use_stock and variant is None:
            article.stock = tidy(article.stock + by)
    for part in article.content:
        piece = shop.articles.get(part.article)
        if piece is not None and piece.use_stock and not piece.variants:
            with shop.changing("articles", piece, view.now):
                piece.stock = tidy(piece.stock + by * part.quantity)


def set_discarded(view: View, order: Order, discarded: bool) -> None:
    """Cancel an order, which puts its stock back, or take the cancelling back."""
    if discarded == order.discarded or order.ordered is None:
        return
    order.discarded = discarded
    move_stock(view, order, 1 if discarded else -1)
    for uid in order.payments:
        payment = view.shop.payments.rows[uid]
        if discarded and payment.status not in ("paid", "cancelled"):
            payment.status_before_cancel, payment.status = payment.status, "cancelled"
            view.shop.stamp(payment, view.now)
        elif not discarded and payment.status_before_cancel:
            payment.status, payment.status_before_cancel = payment.status_before_cancel, ""
            view.shop.stamp(payment, view.now)


def set_sent(view: View, order: Order, sent: bool) -> None:
    order.sent = sent
    order.partly_sent = False


def set_payment_status(view: View, payment: Payment, status: str) -> None:
    """An order is paid when all its payments are, cancelled ones aside."""
    payment.status = status
    order = view.shop.orders.get(payment.order)
    if order is not None:
        rows = [view.shop.payments.rows[uid] for uid in order.payments]
        living = [row.status for row in rows if row.status != "cancelled"]
        order.paid = bool(living) and all(one == "paid" for one in living)
        view.shop.stamp(order, view.now)


def delete_item(view: View, item: OrderItem) -> None:
    """Take a row out of an order that is not sent: its stock comes back, the order's amounts follow."""
    shop = view.shop
    order = shop.orders.rows[item.order]
    if order.sent or order.discarded or len(order.items) == 1:
        raise RpcError(FORBIDDEN)
    if order.ordered is not None:
        move_stock(view, order, 1, only=item)
    order.items = tuple(uid for uid in order.items if uid != item.uid)
    shop.remove("order_items", item.uid)
    settle(view, order)
    shop.stamp(order, view.now)


def settle(view: View, order: Order) -> None:
    """Work the order's amounts out anew from its rows and costs."""
    order.cart = total_of([view.shop.order_items.rows[uid].total for uid in order.items])
    order.total = whole(view, [order.cart, order.shipment, order.fee], order.discount, order.reduction)


def new_shipment(view: View) -> Shipment:
    now = whole_second(view.now)
    shipment = Shipment(view.shop.shipments.new_uid(), now, now)
    view.shop.add("shipments", shipment)
    return shipment


def left_to_send(view: View, item: OrderItem) -> Decimal:
    """How much of a row is in no shipment yet."""
    items = view.shop.shipment_items
    shipped = (items.rows[uid].quantity for uid in items.look_up("order_item", item.uid))
    return item.quantity - sum(shipped, ZERO)


def add_to_shipment(view: View, shipment: Shipment, item: OrderItem, quantity: Decimal) -> None:
    """An order all of whose rows are in shipments is sent (open question 19)."""
    shop = view.shop
    if not 0 < quantity <= left_to_send(view, item):
        raise invalid("More than is left to send", "/quantity")
    row = ShipmentItem(
        shop.shipment_items.new_uid(), shipment.uid, item.uid, tidy(quantity), whole_second(view.now)
    )
    shop.add("shipment_items", row)
    shipment.items = (*shipment.items, row.uid)
    shop.stamp(shipment, view.now)
    order = shop.orders.rows[item.order]
    if view.switch["sent_by"] == "order_set":
        return
    rows = [shop.order_items.rows[uid] for uid in order.items]
    order.sent = all(left_to_send(view, one) <= 0 for one in rows if one.takes_stock)
    order.partly_sent = not order.sent
    shop.stamp(order, view.now)
