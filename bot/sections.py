"""The sections of the settings, one class per topic; `bot/settings.py` reads and documents them."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import NoDecode

from bot.messages import ChannelName


def _listed(value: Any) -> Any:
    """Read a list from the environment: words between commas."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Port = Annotated[int, Field(ge=1, le=65_535)]
Seconds = Annotated[float, Field(gt=0, le=3_600)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Site = Annotated[
    str, BeforeValidator(lambda value: str(value).rstrip("/")), Field(pattern=r"^https?://[^/\s\"'\[\]]+$")
]
Sites = Annotated[tuple[Site, ...], NoDecode, BeforeValidator(_listed)]
Doors = Annotated[tuple[ChannelName, ...], NoDecode, BeforeValidator(_listed)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Gateway(_Section):
    """The process citizens' channels connect to."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 behind a proxy."""
    port: Port = 8080
    """Port of the page, the widget, the WebSocket and the webhooks."""
    origins: Sites = ()
    """Sites (https://host) whose pages may embed the widget, between commas; the gateway's own page always may."""
    frame_bytes: Annotated[int, Field(ge=1_024, le=1_048_576)] = 16_384
    """Largest frame a web client may send."""
    messages_per_minute: Annotated[int, Field(ge=1, le=60_000)] = 30
    """Messages one web session may send a minute before it is asked to slow down; one address: 20 times that."""
    proxies: Words = ()
    """Addresses of our own reverse proxies, between commas: they are believed about the visitor's address."""
    demo: bool = True
    """Mark the page as a demonstration; false once the centre's own core system is connected."""


class Conversation(_Section):
    """What one message may cost."""

    deadline: Seconds = 8.0
    """Seconds until the citizen is told that the answer will follow."""
    longest_text: Annotated[int, Field(ge=1, le=20_000)] = 2_000
    """Characters one message may have."""
    waiting: Annotated[int, Field(ge=1, le=1_000)] = 20
    """Messages of one conversation that may wait for each other."""
    lease: Seconds = 30.0
    """Seconds after which another process takes over a message whose process died; longer than `deadline`."""

    @model_validator(mode="after")
    def _lease_outlives_deadline(self) -> Self:
        if self.lease <= self.deadline:
            raise ValueError("lease must be longer than deadline, or a message is answered twice")
        return self


class Rasa(_Section):
    """The dialogue server."""

    url: str = ""
    """Address of a Rasa server that runs elsewhere; empty: one is started here."""
    port: Port = 5005
    """Port of the Rasa server that is started here."""
    deadline: Seconds = 5.0
    """Seconds after which Rasa counts as down and retrieval answers alone."""
    models: Path = Path("var/models")
    """Folder of trained models; the newest one is served."""
    tracker: str = "sqlite:///var/rasa/tracker.db"
    """Rasa's tracker database; ours to know because citizens may have their conversation erased."""


class Actions(_Section):
    """Where Rasa calls our actions, inside the gateway process."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: Port = 5055
    """Port to listen on; Rasa's endpoints.yml names the same."""


class Store(_Section):
    """The database of conversations."""

    url: str = "sqlite:///var/jiajia.db"
    """SQLite file, or postgresql://user:password@host/database."""
    deadline: Seconds = 5.0
    """Seconds one transaction may take."""
    keep_days: Annotated[int, Field(ge=0, le=3_650)] = 180
    """Days after which conversations, and all that hangs on them, are deleted; 0: never."""


class Vault(_Section):
    """Personal numbers that were masked out of a conversation."""

    keep_minutes: Annotated[int, Field(ge=1, le=1_440)] = 120
    """Minutes after its last use until a number is wiped."""


class Knowledge(_Section):
    """What can be answered, and how it is found."""

    directory: Path = Path("knowledge_base")
    """Folder of the curated entries, parameters and facts."""
    versions: Path = Path("var/knowledge")
    """Folder of the built versions with their indexes."""
    encoder: str = ""
    """A sentence-transformers model or path, such as BAAI/bge-small-zh-v1.5; empty: the encoder trained here."""


class Fund(_Section):
    """The centre's core system: balances, applications, certificates, outlets."""

    url: str = ""
    """Address of the core system's interface; empty: the stand-in with demo data is started here."""
    app: str = "jiajia"
    """Name under which the core system knows this installation."""
    algorithm: Annotated[str, Field(pattern="^(hmac-sha256|hmac-sm3)$")] = "hmac-sha256"
    """How requests are signed: hmac-sha256, or hmac-sm3 where the centre wants 国密."""
    deadline: Seconds = 3.0
    """Seconds a call may take; what is idempotent is tried up to three times within them."""
    port: Port = 5056
    """Port of the stand-in that is started here; its demo people are at /demo."""
    store: str = "sqlite:///var/sandbox.db"
    """Database of the stand-in: SQLite file, or postgresql://user:password@host/database."""


class Certificates(_Section):
    """Certificates as signed PDF; without a key of its own the installation signs with a demo seal."""

    centre: str = "西宁住房公积金管理中心"
    """Who issues the certificates, as written under them."""
    public_url: str = ""
    """Address of this gateway for citizens and verifiers; empty: `wechat.public_url`, else where it listens."""
    key: str = ""
    """File with the seal's private key, PEM or DER; its passphrase is JIAJIA_CERTIFICATES_PASSPHRASE."""
    certificate: str = ""
    """File with the seal's certificate."""
    former: Words = ()
    """Files with certificates of earlier seals, between commas: what they signed still verifies."""
    font: str = ""
    """Font file to embed, such as 仿宋 (TrueType, OpenType or a collection); empty: Noto, which comes along."""
    tsa: str = ""
    """Address of a time authority (RFC 3161) whose trusted timestamp goes into every certificate; empty: none."""
    tsa_certificate: str = ""
    """File with the certificate the time authority's answers must rest on."""
    tsa_deadline: Seconds = 5.0
    """Seconds one request to the time authority may take."""
    folder: Path = Path("var/certificates")
    """Where the demo seal is kept."""


class Sms(_Section):
    """Text messages to citizens; the gateway's key is JIAJIA_SMS_KEY. Codes are sent by the core system itself."""

    url: str = ""
    """Address of the SMS gateway (bot/sms.py says how it is asked); empty: the demo shows texts at /demo."""
    sign: str = "西宁公积金"
    """签名 before every text, as registered with the carriers, without its brackets."""
    deadline: Seconds = 5.0
    """Seconds until the gateway must have accepted a text."""


class WeChat(_Section):
    """The official account; its secrets are JIAJIA_WECHAT_SECRET, JIAJIA_WECHAT_TOKEN and JIAJIA_WECHAT_AES_KEY."""

    app_id: str = ""
    """开发者ID(AppID) of the account."""
    mode: Annotated[str, Field(pattern="^(plain|compatible|encrypted)$")] = "encrypted"
    """消息加解密方式 as set on the platform: plain, compatible or encrypted."""
    public_url: str = ""
    """Address under which WeChat and phones reach this gateway, such as https://12329.example.cn."""
    menu: Path = Path("channels/wechat/menu.yml")
    """The account's menu and what its keys and QR scenes mean."""
    template: str = ""
    """Template message that invites citizens back when their answer may not be sent; empty: they get it next time."""
    platform: str = "https://api.weixin.qq.com"
    """Address of WeChat's server interface."""


class Phone(_Section):
    """The 12329 line: where the PBX finds us, how we hear and speak, when people answer."""

    host: str = "127.0.0.1"
    """Address of the audio and of the calls' HTTP; the PBX stands on the same machine unless you change it."""
    port: Port = 9092
    """Port Asterisk's AudioSocket connects to."""
    http_port: Port = 9093
    """Port of the calls' HTTP (/calls, outcome), of the WebSocket audio and of recorded messages (/speech)."""
    elsewhere: bool = False
    """True when somebody else starts the telephone's process (`python -m voice`): `make run` then does not."""
    gateway: str = ""
    """Inside address of the gateway that answers callers; empty: the actions' port of this machine."""
    speech: str = ""
    """Address of the process that understands recorded messages; empty: the one here, when `model` is set."""
    capacity: Annotated[int, Field(ge=1, le=1_000)] = 20
    """Calls at once; the next caller is told so and queued for a person. About ten per core."""
    model: str = ""
    """Vosk model: a directory, or a published name below `models`; empty or broken: the line goes by keys."""
    models: Path = Path("var/models/vosk")
    """Folder where models are looked up by name (vosk-model-small-cn-0.22, vosk-model-cn-0.22)."""
    model_sha256: str = ""
    """Checksum the model must have; empty: any. `python -m voice.vosk_model <directory>` prints it."""
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads that decode speech; one per core."""
    voice: str = "espeak"
    """Who speaks: espeak, an HTTP engine's address, or a piper voice file (.onnx)."""
    prompts: str = ""
    """Folder of recorded sentences: each .wav beside a .txt with its words; empty: none."""
    hours: str = "1-5 08:30-12:00, 1-5 14:00-17:30"
    """When people answer (1 is Monday), between commas; empty: always."""


class Channels(_Section):
    """The doors that are open."""

    enabled: Doors = (ChannelName.WEB,)
    """Channels to start, between commas: web, wechat, app, phone, robot."""


class Log(_Section):
    """JSON lines on stdout."""

    level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    """Least important level that is written: DEBUG, INFO, WARNING or ERROR."""
