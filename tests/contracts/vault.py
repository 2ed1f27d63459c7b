"""What every vault must hold. Subclass and provide `vault(clock)`, whose values expire after an hour."""

import asyncio

import pytest

from tests.fakes import FakeClock

ID, PHONE = "身份证", "手机号"


class VaultContract:
    """Numbers in, placeholders out."""

    async def vault(self, tmp_path, clock):
        raise NotImplementedError

    @pytest.fixture
    def clock(self):
        return FakeClock()

    @pytest.fixture
    async def held(self, tmp_path, clock):
        return await self.vault(tmp_path, clock)

    async def test_a_value_comes_back_by_its_placeholder(self, held):
        placeholder = await held.put("web-a", ID, "11010519491231002X")

        assert placeholder == "〔身份证·1〕"
        assert await held.get("web-a", placeholder) == "11010519491231002X"

    async def test_the_same_value_gets_the_same_placeholder_and_another_the_next(self, held):
        placeholders = [
            await held.put("web-a", PHONE, value) for value in ("13800138000", "13900139000", "13800138000")
        ]

        assert placeholders == ["〔手机号·1〕", "〔手机号·2〕", "〔手机号·1〕"]

    async def test_conversations_and_kinds_count_for_themselves(self, held):
        assert await held.put("web-a", PHONE, "13800138000") == "〔手机号·1〕"
        assert await held.put("web-b", PHONE, "13900139000") == "〔手机号·1〕"
        assert await held.put("web-a", ID, "11010519491231002X") == "〔身份证·1〕"
        assert await held.get("web-b", "〔身份证·1〕") is None

    async def test_a_value_expires_and_its_number_is_never_given_again(self, held, clock):
        first = await held.put("web-a", PHONE, "13800138000")
        clock.forward(3601)

        assert await held.get("web-a", first) is None
        assert await held.put("web-a", PHONE, "13900139000") == "〔手机号·2〕"
        assert await held.get("web-a", first) is None

    async def test_a_value_used_again_lives_on(self, held, clock):
        placeholder = await held.put("web-a", PHONE, "13800138000")
        clock.forward(3000)
        await held.put("web-a", PHONE, "13800138000")
        clock.forward(3000)

        assert await held.get("web-a", placeholder) == "13800138000"

    async def test_a_forgotten_conversation_is_empty_and_the_others_stay(self, held):
        await held.put("web-a", PHONE, "13800138000")
        await held.put("web-b", PHONE, "13800138000")
        await held.forget("web-a")

        assert await held.get("web-a", "〔手机号·1〕") is None
        assert await held.get("web-b", "〔手机号·1〕") == "13800138000"

    async def test_what_is_no_placeholder_names_nothing(self, held):
        assert [
            await held.get("web-a", said) for said in ("", "〔手机号·1〕", "〔手机号·0x〕", "手机号", "〔工号·1〕")
        ] == [None] * 5

    async def test_ten_at_once_get_ten_numbers(self, held):
        placeholders = await asyncio.gather(*(held.put("web-a", PHONE, f"1380013800{n}") for n in range(10)))

        assert sorted(placeholders) == sorted(f"〔手机号·{n}〕" for n in range(1, 11))
