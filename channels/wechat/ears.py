"""Hears a voice message that the platform did not write down itself: fetches the recording and has it understood."""

from bot.errors import FrameRefused
from bot.ports import Transcriber
from channels.wechat.api import PlatformApi

_KINDS = {"amr": "audio/amr", "speex": "audio/speex"}


class VoiceMessages:
    """Implements `Ears` with WeChat's media store and the process that understands speech."""

    def __init__(self, api: PlatformApi, transcriber: Transcriber) -> None:
        self._api = api
        self._transcriber = transcriber

    async def heard(self, media_id: str, kind: str) -> tuple[str, ...]:
        sound = await self._api.media(media_id)
        try:
            return await self._transcriber.transcribe(sound, _KINDS.get(kind.lower(), "audio/amr"))
        except FrameRefused:
            return ()
