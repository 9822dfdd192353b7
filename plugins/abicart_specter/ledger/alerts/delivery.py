"""Who has been told: which channel took which message, and since when a channel takes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from abicart_specter.ledger.alerts.messages import read_messages, select_messages
from abicart_specter.ledger.alerts.models import AlarmChannel, AlarmRow, MessageDelivery, MessageRow
from abicart_specter.ledger.alerts.records import Channel, ChannelState, Message
from abicart_specter.ledger.alerts.room import AlertRoom
from abicart_specter.ledger.engine import upsert


class DeliveryCalls(AlertRoom):
    """Who has been told. A message counts as delivered when this says so, so it may arrive twice, never not at all."""

    def set_up_channels(self, shop: str, channels: Collection[Channel], now: datetime) -> None:
        """These are the shop's channels now. A new one need not tell what is over: only the last word on what is open.
        One that is not there any more is forgotten, so that it begins anew if it comes back.
        """
        with self._db.read() as connection:
            known = set(
                connection.execute(select(AlarmChannel.channel).where(AlarmChannel.shop == shop)).scalars()
            )
        gone, new = known - set(channels), set(channels) - known
        if not gone and not new:
            return
        put = upsert(self._db.backend, AlarmChannel)
        mark = upsert(self._db.backend, MessageDelivery)
        with self._db.write() as connection:
            if gone:
                connection.execute(
                    delete(AlarmChannel).where(
                        AlarmChannel.shop == shop, AlarmChannel.channel.in_(sorted(gone))
                    )
                )
            for channel in sorted(new):
                connection.execute(
                    put.values(
                        shop=shop, channel=channel, since=now, attempts=0, words=""
                    ).on_conflict_do_nothing()
                )
                rows = connection.execute(
                    select(MessageRow.id, MessageRow.cause)
                    .where(MessageRow.shop == shop)
                    .order_by(MessageRow.id)
                ).all()
                is_open = set(
                    connection.execute(
                        select(AlarmRow.cause).where(AlarmRow.shop == shop, AlarmRow.closed_at.is_(None))
                    ).scalars()
                )
                last = {row.cause: row.id for row in rows}
                done = [row.id for row in rows if row.cause not in is_open or row.id != last[row.cause]]
                if done:
                    connection.execute(
                        mark.on_conflict_do_nothing(),
                        [{"message": one, "channel": channel, "delivered_at": now} for one in done],
                    )

    def undelivered(self, shop: str, channel: Channel, limit: int = 1000) -> list[Message]:
        """What the channel has not taken yet, oldest first."""
        taken = exists().where(MessageDelivery.message == MessageRow.id, MessageDelivery.channel == channel)
        wanted = select_messages().where(MessageRow.shop == shop, ~taken).order_by(MessageRow.id).limit(limit)
        return read_messages(self._db, wanted)

    def delivered(self, shop: str, channel: Channel, messages: Sequence[Message], now: datetime) -> None:
        """The channel took these; whatever was wrong with it is over."""
        mark = upsert(self._db.backend, MessageDelivery)
        with self._db.write() as connection:
            if messages:
                connection.execute(
                    mark.on_conflict_do_nothing(),
                    [{"message": one.id, "channel": channel, "delivered_at": now} for one in messages],
                )
            connection.execute(
                update(AlarmChannel)
                .where(AlarmChannel.shop == shop, AlarmChannel.channel == channel)
                .values(failing_since=None, attempts=0, next_try_at=None, words="")
            )

    def channel_state(self, shop: str, channel: Channel) -> ChannelState:
        """How it is with a channel that is set up."""
        columns = (
            AlarmChannel.failing_since,
            AlarmChannel.attempts,
            AlarmChannel.next_try_at,
            AlarmChannel.words,
        )
        wanted = select(*columns).where(AlarmChannel.shop == shop, AlarmChannel.channel == channel)
        with self._db.read() as connection:
            row = connection.execute(wanted).first()
        return ChannelState() if row is None else ChannelState(*row)

    def channel_failed(
        self, shop: str, channel: Channel, words: str, now: datetime, next_try_at: datetime
    ) -> ChannelState:
        """The channel took nothing; it is left alone until ``next_try_at``."""
        state = self.channel_state(shop, channel)
        new = ChannelState(state.failing_since or now, state.attempts + 1, next_try_at, words)
        with self._db.write() as connection:
            connection.execute(
                update(AlarmChannel)
                .where(AlarmChannel.shop == shop, AlarmChannel.channel == channel)
                .values(
                    failing_since=new.failing_since,
                    attempts=new.attempts,
                    next_try_at=next_try_at,
                    words=words,
                )
            )
        return new
