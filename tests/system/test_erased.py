"""Who asks to be forgotten is found in no file and no table afterwards; everybody else still is."""

import sqlite3
from pathlib import Path

import pytest

from tests.channels.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform
from tests.system.product import Citizen, citizen, product
from tests.system.test_wechat_product import LI, WANG, Town

pytestmark = [pytest.mark.system, pytest.mark.model]
MINE, OTHERS = "湟水河边那栋蓝色小楼", "南山脚下那排红砖平房"
OF_THE_CENTRE = "sandbox.db"  # the centre's own books: applications and complaints are kept by law


async def lives(person: Citizen, folder: Path, story: str, place: str) -> None:
    """Ask, prove, withdraw, be interrupted, complain: leave traces wherever there is anything to leave them in."""
    id_number, password = persona(folder, story)
    await person.say(f"我住{place},租房一年最多能提多少?")
    await person.say(f"我的身份证号是{id_number},密码{password}")
    assert "余额" in await person.say("查余额")
    await person.say("我要租房提取三千")
    await person.say(f"{place}的房租也能提吗?")
    assert "编号" in await person.say("确认")
    await person.say("我要投诉")
    await person.say(f"{place}对面的网点态度很差")
    assert "已登记" in await person.say("确认")
    await person.say(f"希望{place}那边的人道歉")


def persona(folder: Path, story: str) -> tuple[str, str]:
    """Read a demo person from the page that the running stand-in shows."""
    page = (folder / "demo.html").read_text()
    cells = next(row for row in page.split("<tr>") if story in row).split("<td>")
    return cells[2].split("<")[0], cells[3].split("<")[0]


def found(folder: Path, words: str) -> set[str]:
    """Return the files and tables that hold the words, in clear or as JSON escapes."""
    needles = (words.encode(), words.encode("unicode_escape"), words.encode("utf-16-le"))
    files = {path.name for path in folder.rglob("*") if path.is_file() and any(n in path.read_bytes() for n in needles)}
    return (files | {f"{path.name}:{table}" for path in folder.glob("*.db") for table in _tables(path, words)}) - {
        OF_THE_CENTRE
    }


def _tables(path: Path, words: str) -> set[str]:
    if path.name == OF_THE_CENTRE:
        return set()
    with sqlite3.connect(path) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        escaped = words.encode("unicode_escape").decode()
        rows = {name: repr(database.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}
    return {
        name for name, row in rows.items() if words in row or escaped in row or escaped.replace("\\", "\\\\") in row
    }


async def test_nothing_of_an_erased_conversation_is_found(tmp_path: Path) -> None:
    async with product(tmp_path) as running:
        (tmp_path / "demo.html").write_text(await running.demo())
        async with citizen(running.address) as one, citizen(running.address) as other:
            await lives(one, tmp_path, "租房、单身", MINE)
            await lives(other, tmp_path, "二孩家庭租房", OTHERS)
            assert found(tmp_path, MINE) >= {"jiajia.db:turns", "tracker.db:conversations"}
            number = persona(tmp_path, "租房、单身")[0]

            await one.say("把我的聊天记录和个人信息都删掉")
            erased = await one.say("确认删除")
            nothing = await one.say("再说一遍")
            asked = await one.say("查余额")
        await running.stopped()
    (tmp_path / "demo.html").unlink()

    assert "✔ 已删除" in erased
    assert MINE not in nothing
    assert "身份证号" in asked
    assert found(tmp_path, MINE) == set()
    assert found(tmp_path, number) == set()
    assert found(tmp_path, OTHERS) >= {"jiajia.db", "jiajia.db:turns", "tracker.db", "tracker.db:conversations"}


async def test_a_person_known_at_two_doors_is_erased_at_both(tmp_path: Path) -> None:
    """On the web and over WeChat the same person, beside somebody else at each; erased by a word to one of them."""
    async with Platform(patience=5.0).running() as platform:
        opened = {
            "CHANNELS__ENABLED": "web,wechat",
            "WECHAT__APP_ID": APP_ID,
            "WECHAT_SECRET": SECRET,
            "WECHAT_TOKEN": TOKEN,
            "WECHAT_AES_KEY": AES_KEY,
            "WECHAT__PLATFORM": platform.url,
        }
        async with product(tmp_path, **opened) as running:
            (tmp_path / "demo.html").write_text(await running.demo())
            platform.gateway = lambda: f"{running.address}wechat"
            account = Town(platform, running.address, running.demo_address)
            mine, theirs = persona(tmp_path, "租房、单身"), persona(tmp_path, "二孩家庭租房")
            async with citizen(running.address) as one, citizen(running.address) as other:
                await lives(one, tmp_path, "租房、单身", MINE)
                await lives(other, tmp_path, "二孩家庭租房", OTHERS)
                await account.ask(WANG, f"我住{MINE},租房一年最多能提多少?", "查余额", mine[0], "查询密码")
                assert "账户余额" in await account.ask(WANG, mine[1])
                await account.ask(LI, f"我住{OTHERS},租房一年最多能提多少?", "查余额", theirs[0], "查询密码", theirs[1])
                at_wechat = {row for row in _conversations(tmp_path) if row.startswith("wechat-")}

                await account.ask(WANG, "把我的聊天记录和个人信息都删掉")
                erased = await account.ask(WANG, "确认删除")
                asked = await one.say("查余额")
                still = await other.say("查余额")
            await running.stopped()
    (tmp_path / "demo.html").unlink()

    assert len(at_wechat) == 2
    assert "✔ 已删除" in erased
    assert "身份证号" in asked
    assert "账户余额" in still
    assert (found(tmp_path, MINE), found(tmp_path, mine[0])) == (set(), set())
    assert found(tmp_path, OTHERS) >= {"jiajia.db:turns", "tracker.db:conversations"}
    assert len(at_wechat - _conversations(tmp_path)) == 1


def _conversations(folder: Path) -> set[str]:
    """The conversations of which a turn is kept from before the end."""
    with sqlite3.connect(folder / "jiajia.db") as database:
        return {row[0] for row in database.execute("SELECT conversation FROM turns WHERE body LIKE '%最多能提多少%'")}
