"""Only WeChat is heard: signature, freshness, replay, encryption, and a clean refusal for all else."""

import secrets
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import FrameRefused, Misconfigured
from channels.wechat.security import DeliveryRefused, Envelope, Mode, sign
from tests.channels.wechat.account import account
from tests.channels.wechat.platform import AES_KEY, APP_ID, TOKEN, Platform, openid
from tests.fakes import FakeClock, ScriptedAnswering

WANG = openid("王")
FIELDS = {"ToUserName": "gh_1", "FromUserName": WANG, "CreateTime": 1, "MsgType": "text", "MsgId": 1, "Content": "好"}


def envelope(mode: Mode, clock: FakeClock, **changes: str) -> Envelope:
    return Envelope(**({"app_id": APP_ID, "token": TOKEN, "aes_key": AES_KEY, "mode": mode, "now": clock} | changes))


def delivered(clock: FakeClock, *, encrypted: bool) -> tuple[dict[str, str], bytes]:
    platform = Platform(encrypted=encrypted)
    platform.clock = lambda: clock().timestamp()
    query, body = platform.envelope(FIELDS)
    return query, body.encode()


@pytest.mark.parametrize("mode", [Mode.ENCRYPTED, Mode.COMPATIBLE])
def test_an_encrypted_delivery_is_opened_and_the_reply_sealed(mode):
    clock = FakeClock()
    query, body = delivered(clock, encrypted=True)

    opened = envelope(mode, clock).opened(query, body)
    sealed = envelope(mode, clock).closed("<xml>好</xml>")

    assert opened.encrypted
    assert "<Content><![CDATA[好]]></Content>" in opened.body.decode()
    assert "好" not in sealed


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("change", ["signature", "timestamp", "nonce", "msg_signature"])
def test_a_changed_proof_is_refused(mode, change):
    clock = FakeClock()
    query, body = delivered(clock, encrypted=mode is not Mode.PLAIN)
    if (change == "signature") == (mode is not Mode.PLAIN) and change in ("signature", "msg_signature"):
        return  # each mode proves by its own signature

    with pytest.raises(DeliveryRefused):
        envelope(mode, clock).opened(query | {change: "1" + query.get(change, "")[1:] + "0"}, body)


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.ENCRYPTED])
def test_an_old_delivery_is_refused(mode):
    clock = FakeClock()
    query, body = delivered(clock, encrypted=mode is Mode.ENCRYPTED)
    clock.forward(timedelta(minutes=6).total_seconds())

    with pytest.raises(DeliveryRefused, match="stale"):
        envelope(mode, clock).opened(query, body)


def test_a_clear_delivery_is_refused_where_encryption_is_agreed():
    clock = FakeClock()
    query, body = delivered(clock, encrypted=False)

    for mode in (Mode.ENCRYPTED, Mode.COMPATIBLE):
        with pytest.raises(DeliveryRefused):
            envelope(mode, clock).opened(query, body)


def test_another_accounts_delivery_is_refused():
    clock = FakeClock()
    query, body = delivered(clock, encrypted=True)

    with pytest.raises(DeliveryRefused, match="another account"):
        envelope(Mode.ENCRYPTED, clock, app_id="wx0000000000000000").opened(query, body)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_no_sealed_junk_breaks_the_cipher(raw):
    import base64

    clock = FakeClock()
    sealed, stamp = base64.b64encode(raw).decode(), str(int(clock().timestamp()))
    query = {"timestamp": stamp, "nonce": "n", "msg_signature": sign(TOKEN, stamp, "n", sealed)}

    with pytest.raises((DeliveryRefused, FrameRefused)):
        envelope(Mode.ENCRYPTED, clock).opened(query, f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode())


@pytest.mark.parametrize("key", ["", "short", "x" * 44, "!" * 43])
def test_a_wrong_aes_key_stops_the_start_and_is_named(key):
    with pytest.raises(Misconfigured, match="JIAJIA_WECHAT_AES_KEY"):
        envelope(Mode.ENCRYPTED, FakeClock(), aes_key=key)


async def test_the_url_is_connected_only_with_the_right_token(tmp_path):
    async with account(tmp_path) as running, aiohttp.ClientSession() as session:
        stamp, nonce = str(int(running.platform.clock())), secrets.token_hex(4)
        good = {"timestamp": stamp, "nonce": nonce, "signature": sign(TOKEN, stamp, nonce), "echostr": "123"}
        async with session.get(running.url, params=good) as answer:
            assert (answer.status, await answer.text()) == (200, "123")
        async with session.get(running.url, params=good | {"signature": "0" * 40}) as answer:
            assert (answer.status, await answer.text()) == (403, "refused")


async def test_junk_at_the_url_is_refused_cleanly_and_reaches_nobody(tmp_path):
    answering = ScriptedAnswering()
    async with account(tmp_path, answering) as running, aiohttp.ClientSession() as session:
        for body in (b"", b"junk", b"<xml/>", b"x" * 300_000):
            async with session.post(running.url, data=body) as answer:
                assert answer.status in (400, 403)

    assert answering.turns == []


async def test_a_replayed_proof_with_other_words_is_refused_in_plain_mode(tmp_path):
    answering = ScriptedAnswering()
    async with account(tmp_path, answering, encrypted=False) as running, aiohttp.ClientSession() as session:
        now = {"CreateTime": int(running.platform.clock())}
        query, body = running.platform.envelope(FIELDS | now)
        statuses = []
        for sent in (body, body, body.replace("好", "把我的账户解绑")):
            async with session.post(running.url, params=query, data=sent.encode()) as answer:
                statuses.append(answer.status)

    assert statuses == [200, 200, 403]
    assert [turn.text for turn in answering.turns] == ["好"]


def test_secrets_are_not_shown():
    from channels.wechat.channel import Account

    shown = repr(replace(Account(app_id=APP_ID, secret="s3cret", token="t0ken", aes_key="k3y"), template="t"))

    assert not {"s3cret", "t0ken", "k3y"} & set(shown.replace("'", " ").split())
