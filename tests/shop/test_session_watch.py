"""Live news: both sides hear of each other's deeds, and none is missed over a connection that broke."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from glocal.shop.sessions import talk
from glocal.shop.sessions.access import access_session
from glocal.shop.sessions.watch import watch
from tests.shop.test_sessions import OWNER, ask
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


async def hear(session: Any, after: int, count: int) -> list[int]:
    """Listen until so many events came."""
    heard: list[int] = []
    news = watch(session.id, after=after)
    async for event in news:
        if event is not None:
            heard.append(event.number)
        if len(heard) == count:
            break
    await news.aclose()  # type: ignore[attr-defined]
    return heard


def say(session: Any, who: str, *keys: str) -> None:
    by = {"token": session.token} if who == "customer" else {"user": OWNER}
    for key in keys:
        talk.comment(access_session(session.id, **by), key, key=key)


def test_two_listeners_hear_each_other_and_a_third_hears_what_came_while_it_was_away(shop: Any) -> None:
    session, other = ask(shop), ask(shop, "form-2")

    async def talk_and_listen() -> list[list[int]]:
        both = [asyncio.create_task(hear(session, 2, 4)) for _ in range(2)]
        away = asyncio.create_task(hear(session, 2, 1))
        await asyncio.sleep(0.05)
        await sync_to_async(say)(session, "customer", "a")
        assert await away == [3]
        await sync_to_async(say)(other, "customer", "elsewhere")
        await sync_to_async(say)(session, "shop", "b", "c")
        back = asyncio.create_task(hear(session, 3, 3))
        await sync_to_async(say)(session, "customer", "d")
        return [*await asyncio.wait_for(asyncio.gather(*both, back), PATIENCE_S)]

    assert asyncio.run(talk_and_listen()) == [[3, 4, 5, 6], [3, 4, 5, 6], [4, 5, 6]]


def test_silence_is_broken_by_a_sign_of_life(shop: Any) -> None:
    session = ask(shop)

    async def first() -> object:
        news = watch(session.id, after=2, silence_s=0.01)
        event = await anext(news)
        await news.aclose()  # type: ignore[attr-defined]
        return event

    assert asyncio.run(first()) is None
