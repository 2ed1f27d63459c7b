"""Stands before every wish that touches a person's own data: asks for the proof, then lets the wish go on by itself."""

from dataclasses import replace

from actions.call import Call, OpenWish
from actions.wish import Next, Result, Wish, say
from bot.messages import ChannelName, Outcome, Response

PROOF = "prove_identity"
BOUND, FRESH = 1, 2  # DESIGN: own data on a private screen; writes, and whatever is spoken aloud
_ROBOT = (
    "大厅里人来人往,您的账户、金额和申请不在这块屏幕上显示。\n"
    "请用手机:微信公众号、手机 APP 或网上业务大厅里都能查能办;也可以到自助终端或柜台。我可以帮您看哪个窗口人少。"
)


class Guarded:
    """A wish for whoever has proved to be the person; `public` ones may be shown by the robot in the hall."""

    def __init__(self, wish: Wish, *, level: int, public: bool = False) -> None:
        self._wish = wish
        self._level = level
        self._public = public

    @property
    def name(self) -> str:
        """Return the wish's name."""
        return self._wish.name

    async def fulfil(self, call: Call) -> Result:
        """Fulfil it, or ask for the proof it needs and remember what was said."""
        if call.channel is ChannelName.ROBOT and not self._public:
            return say(_ROBOT, spoken="为了保护您的隐私,这些内容请在您自己的手机上查看或办理。")
        level = FRESH if call.channel is ChannelName.PHONE else self._level
        if call.subject and call.assurance >= level:
            return await self._wish.fulfil(call)
        return to_proof(call, self.name)


def to_proof(call: Call, wish: str) -> Result:
    """Go on with the proof of identity; `wish` goes on after it, with the words of this turn."""
    waiting = call.memory.wish
    after = waiting if waiting is not None and waiting.name == wish else OpenWish(name=wish)
    proof = OpenWish(name=PROOF, values={"said": call.told, "intent": call.intent}, after=after)
    asked = replace(call, memory=replace(call.memory, wish=proof))
    return Result(response=Response(replies=(), outcome=Outcome.ASKED), then=Next(wish=PROOF, call=asked))
