"""Settings: typed, explained, and never silently something else."""

from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.messages import ChannelName
from bot.settings import PREFIX, documented, load, page

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def written(tmp_path, text: str) -> Path:
    path = tmp_path / "jiajia.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold(tmp_path):
    settings = load(tmp_path / "none.toml")

    assert (settings.gateway.port, settings.store.url) == (8080, "sqlite:///var/jiajia.db")


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    file = written(tmp_path, '[gateway]\nport = 9000\nhost = "0.0.0.0"\norigins = ["https://a.example"]')
    monkeypatch.setenv("JIAJIA_GATEWAY__PORT", "9001")

    settings = load(file)

    assert (settings.gateway.port, settings.gateway.host, settings.gateway.origins) == (
        9001,
        "0.0.0.0",
        ("https://a.example",),
    )


def test_lists_are_words_between_commas(tmp_path, monkeypatch):
    monkeypatch.setenv("JIAJIA_CHANNELS__ENABLED", "web, phone")

    assert load(tmp_path / "none").channels.enabled == (ChannelName.WEB, ChannelName.PHONE)


def test_a_site_is_named_with_or_without_its_last_stroke(tmp_path, monkeypatch):
    monkeypatch.setenv("JIAJIA_GATEWAY__ORIGINS", "https://a.example/, http://b.example:8080")

    assert load(tmp_path / "none").gateway.origins == ("https://a.example", "http://b.example:8080")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIAJIA_PORT", "1"),
        ("JIAJIA_GATEWAY__PROT", "1"),
        ("jiajia_gateway__prot", "1"),
        ("JIAJIA_GATEWAY__PORT", "eight"),
        ("JIAJIA_GATEWAY__PORT", "0"),
        ("JIAJIA_GATEWAY__ORIGINS", '["https://a.example"]'),
        ("JIAJIA_GATEWAY__ORIGINS", "a.example"),
        ("JIAJIA_GATEWAY__ORIGINS", "https://a.example/page"),
        ("JIAJIA_CHANNELS__ENABLED", "fax"),
        ("JIAJIA_CONVERSATION__DEADLINE", "-1"),
        ("JIAJIA_LOG__LEVEL", "LOUD"),
    ],
)
def test_a_wrong_or_unknown_variable_stops_the_start_and_is_named(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(Misconfigured, match=name.split("__")[0]):
        load(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[gateway]\nprot = 1", "gateway.prot"),
        ("[gatway]\nport = 1", "gatway"),
        ('[gateway]\nport = "x"', "gateway.port"),
        ('secret_key = "abcdefghijklmnopqrst"', "secret_key"),
        ('[store]\nurl = "postgresql://u:p@h/d"', "store.url"),
        ("[conversation]\nlease = 1", "lease"),
        ("not toml", "jiajia.toml"),
    ],
)
def test_a_wrong_or_unknown_line_stops_the_start_and_is_named(tmp_path, text, named):
    with pytest.raises(Misconfigured, match=named) as raised:
        load(written(tmp_path, text))

    assert "abcdefghijklmnopqrst" not in str(raised.value)


def test_a_secret_is_never_printed(tmp_path, monkeypatch):
    monkeypatch.setenv("JIAJIA_SECRET_KEY", "abcdefghijklmnopqrst")

    settings = load(tmp_path / "none")

    assert "abcdefghij" not in repr(settings)
    assert settings.secret_key.get_secret_value() == "abcdefghijklmnopqrst"


def test_every_setting_is_documented():
    assert all(text for _, _, text in documented())
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == page(), (
        "run: python -m bot.settings > docs/settings.md"
    )
