"""Every setting of the programs, typed and explained; `python -m bot.settings` prints them as docs/settings.md.

Read by the assemblies only. The environment (JIAJIA_GATEWAY__PORT) wins over `jiajia.toml`; a name that is not here
stops the start, so that a typing error never silently means the default.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import Misconfigured
from bot.sections import (
    Actions,
    Certificates,
    Channels,
    Conversation,
    Fund,
    Gateway,
    Knowledge,
    Log,
    Phone,
    Rasa,
    Sms,
    Store,
    Vault,
    WeChat,
)

PREFIX = "JIAJIA_"
FOR_TESTS = "JIAJIA_TEST_"  # addresses of test servers; no setting of the programs
SECRETS = (
    "secret_key",
    "fund_key",
    "phone_token",
    "wechat_secret",
    "wechat_token",
    "wechat_aes_key",
    "certificates_passphrase",
    "sms_key",
)
FILE = Path("jiajia.toml")


class Settings(BaseSettings):
    """All settings; `load()` builds them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    secret_key: SecretStr = SecretStr("")
    """Seals personal numbers; environment only, the same in every process. Empty: made once, beside the database."""
    fund_key: SecretStr = SecretStr("")
    """Signs requests to the core system; environment only. Empty is right for the stand-in alone."""
    wechat_secret: SecretStr = SecretStr("")
    """开发者密码(AppSecret) of the official account; environment only."""
    wechat_token: SecretStr = SecretStr("")
    """令牌(Token) as written into 服务器配置; environment only."""
    wechat_aes_key: SecretStr = SecretStr("")
    """消息加解密密钥(EncodingAESKey) of the official account; environment only."""
    certificates_passphrase: SecretStr = SecretStr("")
    """Opens the private key of the certificates' seal; environment only."""
    sms_key: SecretStr = SecretStr("")
    """Shown to the SMS gateway as a bearer token; environment only."""
    phone_token: SecretStr = SecretStr("")
    """What the PBX shows to register calls and fetch outcomes; environment only. Needed for the phone."""
    gateway: Gateway = Gateway()
    conversation: Conversation = Conversation()
    rasa: Rasa = Rasa()
    actions: Actions = Actions()
    store: Store = Store()
    vault: Vault = Vault()
    knowledge: Knowledge = Knowledge()
    fund: Fund = Fund()
    certificates: Certificates = Certificates()
    sms: Sms = Sms()
    wechat: WeChat = WeChat()
    phone: Phone = Phone()
    channels: Channels = Channels()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def load(file: Path = FILE) -> Settings:
    """Read the environment and `file`, if it is there; raises Misconfigured naming what to mend."""
    known = {name for name, _, _ in documented()}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and not name.startswith(FOR_TESTS) and name.upper() not in known:
            raise Misconfigured(f"{name}: there is no such setting; see docs/settings.md")
    written = _written(file)
    try:
        return Settings(**written)
    except ValidationError as error:
        raise Misconfigured("; ".join(_complaint(one["loc"], one["msg"]) for one in error.errors())) from None


def documented() -> Iterator[tuple[str, str, str]]:
    """Yield every setting: its environment name, its default, its explanation."""
    for section, field in Settings.model_fields.items():
        if section in SECRETS:
            yield f"{PREFIX}{section.upper()}", "", field.description or ""
            continue
        for name, inner in type(field.default).model_fields.items():
            default = inner.default
            shown = ",".join(default) if isinstance(default, tuple) else str(default)
            yield f"{PREFIX}{section.upper()}__{name.upper()}", shown, inner.description or ""


def page() -> str:
    """Return docs/settings.md."""
    rows = [f"| `{name}` | {f'`{default}`' if default else '—'} | {text} |" for name, default, text in documented()]
    return "\n".join(
        [
            "# Settings",
            "",
            "Set in the environment, or in `jiajia.toml` (`[gateway]`, `port = 8080`); the environment wins.",
            "Secrets are read from the environment alone. A name that is not in this table stops the start.",
            "This page is made by `python -m bot.settings`.",
            "",
            "| name | default | meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _written(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{file}: cannot be read: {error}") from None
    for secret in SECRETS:
        if secret in written:
            raise Misconfigured(f"{file}: {secret} is a secret; set {PREFIX}{secret.upper()} in the environment")
    for section, name in (("store", "url"), ("fund", "store"), ("rasa", "tracker")):
        if re.search(r"://[^/@\s]*:[^/@\s]+@", str(written.get(section, ""))):
            raise Misconfigured(
                f"{file}: {section}.{name} holds a password; set {PREFIX}{section.upper()}__{name.upper()} "
                "in the environment"
            )
    return written


def _complaint(place: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in place)
    said = "there is no such setting" if message.startswith("Extra inputs") else message
    return f"{name} ({PREFIX}{'__'.join(str(part).upper() for part in place[:2])}): {said}"


if __name__ == "__main__":
    print(page(), end="")
