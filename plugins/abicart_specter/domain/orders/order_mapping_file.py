"""The files of the order export's mappings: order.yaml, customer.yaml and payment_methods.yaml, checked on reading."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from abicart_specter.domain.mapping_file import FieldMapping, Target, read_fields
from abicart_specter.domain.orders.info_names import InfoEntry
from abicart_specter.domain.orders.records import PaymentRole
from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.messages import findings, in_order
from abicart_specter.settings.types import Latin1, Settings
from abicart_specter.settings.yaml_file import read_yaml

ORDER_WIRE_NAMES = (
    "externalOrderNo",
    "customerOrderReference",
    "customerReference",
    "ourReferenceUserId",
    "orderDate",
    "deliveryDate",
    "currency",
    "language",
    "stocksiteid",
    "payTypeIdentifier",
    "payTypeReference",
    "payTypeIdentifierPaySystemUser",
    "isPrepayment",
    "internalComment",
    "publishedComment",
    "requirements",
    "externalDeliveryMethod",
    "preparedShipmentId",
    "notifyDeliveryByMobile",
    "notifyDeliveryMobileNo",
    "sendOrderMail",
    "sendOrderMailToUser",
    "userSource",
)
"""Fields of ``newOrderSubmit`` beside customer and rows (Specter reference 5.3, mostly seen in client code).

``ignoreExternalOrderNoControl`` is left out on purpose: the control is never switched off.
"""

CUSTOMER_WIRE_NAMES = (
    "name",
    "firstName",
    "surName",
    "contactPerson",
    "customerOrganizationalForm",
    "typeCustomer",
    "customerGroupId",
    "orgNo",
    "vatNo",
    "emailAddress",
    "phoneNo",
    "mobileNo",
    "faxNo",
    "homepage",
    "currency",
    "language",
    "invoiceCompanyName",
    "attention",
    "address",
    "addressRow2",
    "zipCodeEng",
    "city",
    "countryCode",
    "region",
    "deliveryAttention",
    "deliveryCompanyName",
    "deliveryAddress",
    "deliveryAddressRow2",
    "deliveryZipCodeEng",
    "deliveryCity",
    "deliveryCountryCode",
    "deliveryregion",
)
"""Fields of ``newCustomerSubmit`` (Specter reference 5.1, client code and third parties).

The flags that decide matching are left out on purpose: the shop's settings set them.
"""

ORDER_FIELDS = (
    "uid",
    "number",
    "external_number",
    "date",
    "currency",
    "language",
    "payment_status",
    "delivery_method",
    "note",
    "custom",
    "customer_fields",
    "delivery_address",
    "send_confirmation",
)
"""What ``order.…`` offers to a mapping."""

PAYMENT_FIELDS = ("method", "code", "prepayment", "reference")

BUYER_FIELDS = (
    "is_company",
    "form",
    "name",
    "first_name",
    "sur_name",
    "contact_person",
    "group",
    "organisation_number",
    "vat_number",
    "email",
    "phone",
    "mobile",
    "custom",
    "invoice",
    "delivery",
)

DOCUMENT_FIELDS = (
    "uid",
    "orderNumber",
    "ordered",
    "changed",
    "currency",
    "exchangeRate",
    "language",
    "hasVat",
    "discarded",
    "note",
    "externalOrderNumber",
    "paymentStatus",
    "deliveryStatus",
    "customer",
    "costs",
    "delivery",
    "discount",
    "items",
    "payments",
)
"""What ``document.…`` offers: the fields that the shop is asked for."""

ORDERS = Target(
    "newOrderSubmit",
    ORDER_WIRE_NAMES,
    "externalOrderNo",
    ("order", "payment", "document", "shop", "settings"),
    "order.yaml",
    {"order": ORDER_FIELDS, "payment": PAYMENT_FIELDS, "document": DOCUMENT_FIELDS},
)

CUSTOMERS = Target(
    "newCustomerSubmit",
    CUSTOMER_WIRE_NAMES,
    None,
    ("buyer", "order", "document", "shop", "settings"),
    "customer.yaml",
    {"buyer": BUYER_FIELDS, "order": ORDER_FIELDS, "document": DOCUMENT_FIELDS},
)


class OrderEntries(FieldMapping):
    """``order.yaml``."""

    target: Literal["newOrderSubmit"]


class CustomerEntries(FieldMapping):
    """``customer.yaml``."""

    target: Literal["newCustomerSubmit"]
    info: InfoEntry = InfoEntry()


class PaymentEntry(Settings):
    """What one payment method of the shop is to Specter."""

    code: Latin1 = Field(max_length=3)
    role: Literal["ordinary", "gift_card", "cash_on_delivery"] = "ordinary"
    prepayment: bool = False

    @property
    def payment_role(self) -> PaymentRole:
        """The role as the domain has it."""
        return PaymentRole(self.role)


class PaymentEntries(Settings):
    """``payment_methods.yaml``."""

    by_id: dict[Annotated[int, Field(gt=0)], PaymentEntry] = Field(default_factory=dict)
    by_type: dict[str, PaymentEntry] = Field(default_factory=dict)
    otherwise: PaymentEntry = PaymentEntry(code="")
    gift_card_row_names: list[str] = Field(default_factory=list)
    discount_row_names: list[str] = Field(default_factory=list)


def read_order_file(path: Path) -> OrderEntries:
    """Read and check an order mapping.

    :raises ConfigurationError: something is wrong; the text has a line per finding, with file and line.
    """
    return read_fields(path, OrderEntries, ORDERS)


def read_customer_file(path: Path) -> CustomerEntries:
    """Read and check a customer mapping.

    :raises ConfigurationError: see :func:`read_order_file`.
    """
    return read_fields(path, CustomerEntries, CUSTOMERS)


def read_payment_file(path: Path) -> PaymentEntries:
    """Read and check the list of payment methods.

    :raises ConfigurationError: see :func:`read_order_file`.
    """
    document = read_yaml(path)
    try:
        entries = PaymentEntries.model_validate(document.data)
        folded = [name.casefold() for name in entries.by_type]
        twice = [name for name in entries.by_type if folded.count(name.casefold()) > 1]
        both = sorted(set(entries.gift_card_row_names) & set(entries.discount_row_names))
        found = [
            (document.line(("by_type", name)), f"by_type.{name}: this type is listed twice.")
            for name in twice
        ]
        found += [
            (
                document.line(("discount_row_names",)),
                f"discount_row_names: “{name}” is listed as the name of a gift card's row as well.",
            )
            for name in both
        ]
    except ValidationError as error:
        found = findings(error, document, PaymentEntries)
    if found:
        raise ConfigurationError(
            in_order(found, document),
            remedy="Correct the file; include/mappings/payment_methods.yaml explains what it may hold.",
        )
    return entries
