"""The door for recorded messages: `POST /speech` with sound as its body answers `{"guesses": […]}`, best first."""

from aiohttp import web

from bot.errors import FrameRefused, SpeechUnavailable
from bot.guard import Guard
from bot.ports import Transcriber
from bot.wire import to_builtins
from voice.guesses import Guesses

PATH = "/speech"


class SpeechDoor:
    """Adds `/speech` to the service's application; every request carries the token. Content-Type says what it is."""

    def __init__(self, transcriber: Transcriber | None, guard: Guard) -> None:
        self._transcriber = transcriber
        self._guard = guard

    def mount(self, app: web.Application) -> None:
        app.router.add_post(PATH, self._transcribe)

    async def _transcribe(self, request: web.Request) -> web.Response:
        self._guard.check(request)
        if self._transcriber is None:
            raise web.HTTPServiceUnavailable(text="no recogniser")
        kind = request.headers.get("Content-Type", "").lower()
        try:
            guesses = await self._transcriber.transcribe(await request.read(), kind)
        except FrameRefused as error:
            raise web.HTTPUnsupportedMediaType(text=str(error)) from None
        except SpeechUnavailable as error:
            raise web.HTTPServiceUnavailable(text=str(error)) from None
        return web.json_response(to_builtins(Guesses(guesses=guesses)))
