"""Long stories of one article: people edit in both systems, imports, exports and undos come in between.

After every night that holds nothing, both systems agree by rule 22, a second night does nothing, and a campaign is
there for a reason.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.domain.imports.cases import ARTICLE, Both, shop_facts, shop_settings

from abicart_specter.domain.imports.records import PlannedChange
from abicart_specter.domain.imports.undo import undo_change
from abicart_specter.domain.masters import Master
from abicart_specter.domain.prices import USUAL_RATES, percent, same_price
from abicart_specter.domain.records import ItemKey, Kind

KEY = ItemKey(Kind.ARTICLE, ARTICLE)
# Few values, so that stories come back to where they were.
prices = st.sampled_from(["0.01", "79.99", "80", "99.99", "100", "133.82", "133.83", "9999.99"])
percents = st.sampled_from([str(percent(rate)) for rate in USUAL_RATES])


class Story(RuleBasedStateMachine):
    """``sale`` is what Specter's newest answer says; ``from_specter`` whether the campaign came by an import."""

    both: Both
    told: tuple[str, str | None, str] | None = None
    news = False
    from_specter = False
    last: PlannedChange | None = None
    told_since_last: datetime | None = None

    @initialize(
        with_vat=st.booleans(), rate=st.sampled_from(USUAL_RATES), price=prices, campaign=st.booleans()
    )
    def begin(self, with_vat: bool, rate: Decimal, price: str, campaign: bool) -> None:
        self.both = Both(
            price,
            str(rate),
            campaign="0.01" if campaign and price != "0.01" else None,
            facts=shop_facts(prices_with_vat=with_vat),
            settings=shop_settings(),
        )
        self.both.export()

    @rule(price=prices, former=st.none() | prices, vat=percents)
    def specter_tells(self, price: str, former: str | None, vat: str) -> None:
        if former is None:
            self.both.sale(price, "0", shown="0", vat=vat)
        else:
            self.both.sale(price, former, vat=vat)
        on_sale = former is not None and Decimal(former) > Decimal(price)
        self.told = (price, former if on_sale else None, vat)
        self.told_since_last = self.told_since_last or self.both.now
        self.news = True

    @rule(price=prices)
    def shop_edits_its_price(self, price: str) -> None:
        campaign = self.both.campaign
        if campaign is None or campaign < Decimal(price):
            self.both.edit(price=price)

    @rule(campaign=prices)
    def shop_begins_a_campaign(self, campaign: str) -> None:
        if self.both.campaign is None and self.both.price is not None and Decimal(campaign) < self.both.price:
            self.both.edit(campaign=campaign)

    @rule()
    def night(self) -> None:
        before = (self.both.price, self.both.campaign, self.both.rate)
        taken_back = self._what_is_told_was_taken_back()
        plan = self.both.night()
        self.both.later()
        again = self.both.plan()
        assert (again.changes, again.agreed) == ((), ())
        assert again.held == plan.held
        now = (self.both.price, self.both.campaign, self.both.rate)
        if plan.held:
            assert not plan.changes and now == before
            return
        if plan.changes:
            self.last, self.told_since_last = plan.changes[0], None
        elif not plan.agreed:
            assert now == before
            return
        assert self.news and self.told is not None
        self.news = False
        price, former, vat = self.told
        assert self.both.rate * 100 == Decimal(vat)
        if taken_back and not plan.changes:
            assert now == before
            return
        self._agree(self.both.price, former or price)
        if former is not None:
            self._agree(self.both.campaign, price)
            self.from_specter = True
        else:
            assert self.both.campaign == (None if self.from_specter else before[1])
            self.from_specter = False

    def _agree(self, shops: Decimal | None, specters: str) -> None:
        assert shops is not None
        assert same_price(shops, Decimal(specters), self.both.rate, self.both.facts.prices_with_vat, 2)

    @precondition(lambda self: self.last is not None)
    @rule()
    def undo(self) -> None:
        assert self.last is not None
        change, self.last = self.last, None
        was = {one.field: one.before for one in change.fields}
        plan = undo_change(change, self.both.items, self.both.facts)
        if plan.change is None:
            assert plan.left
            return
        self.both.apply(plan.change, no_later=self.told_since_last)
        self.news = self.news or self.told_since_last is not None
        after = {one.field: one.after for one in plan.change.fields}
        changed = {one.field for one in change.fields if one.before != one.after}
        assert all(after[field] == was[field] for field in changed)
        if not self.news:
            quiet = self.both.plan()
            assert (quiet.changes, quiet.agreed) == ((), ())
        if any(one.field is Master.EXTRA_PRICE for one in plan.change.settles):
            self.from_specter = self._settled_campaign_is_specters()

    def _what_is_told_was_taken_back(self) -> bool:
        """Whether Specter tells the price that an undo has taken back: that one is not imported once more."""
        pair = self.both.pairs[KEY]["price"]
        if self.told is None or pair.specter_value is None or pair.shop_value is None:
            return False
        specters, with_vat = Decimal(pair.specter_value), self.both.facts.prices_with_vat
        agreed = same_price(Decimal(pair.shop_value), specters, self.both.rate, with_vat, 2)
        return specters == Decimal(self.told[0]) and not agreed

    def _settled_campaign_is_specters(self) -> bool:
        """After an undo the pair tells: a campaign that is not Specter's sale price is the shop's own."""
        pair, price = self.both.pairs[KEY]["extra_price"], self.both.pairs[KEY]["price"]
        if pair.specter_value is None or pair.shop_value is None or price.specter_value is None:
            return False
        facts = self.both.facts
        shops, specters = Decimal(pair.shop_value), Decimal(price.specter_value)
        return same_price(shops, specters, self.both.rate, facts.prices_with_vat, 2)


TestStory = Story.TestCase
TestStory.settings = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
