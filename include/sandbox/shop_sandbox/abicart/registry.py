"""Every class of the interface by name."""

from __future__ import annotations

from shop_sandbox.abicart.catalogue_classes import CATALOGUE_CLASSES
from shop_sandbox.abicart.order_classes import ORDER_CLASSES
from shop_sandbox.abicart.properties import ApiClass
from shop_sandbox.abicart.shop_classes import SHOP_CLASSES

CLASSES: dict[str, ApiClass] = {one.name: one for one in (*SHOP_CLASSES, *CATALOGUE_CLASSES, *ORDER_CLASSES)}
