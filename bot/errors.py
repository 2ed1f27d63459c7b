"""Everything that can go wrong, as one tree: each leaf knows its code, its words, and whether a person takes over.

JiajiaError
├── InputRefused            the citizen's message cannot be taken as it is
│   ├── MessageTooLong
│   ├── MessageEmpty
│   ├── TooManyMessages
│   ├── ValueRefused        an amount, period or date that is not one; carries its own sentence
│   └── FrameRefused        a channel's frame is malformed (never shown as a crash)
├── NotAllowed              identity or assurance does not suffice
│   ├── ProofNeeded
│   └── IdentityLocked
├── Unavailable             a part outside this process failed; others go on
│   ├── DialogueUnavailable      Rasa down, late, or answered nothing
│   ├── GatewayUnavailable       the telephone's process cannot reach the gateway
│   ├── KnowledgeUnavailable     no index loaded
│   ├── FundSystemUnavailable    the centre's core system down or late: nothing was submitted
│   │   └── SubmissionUnconfirmed     it was sent, but no answer came: it may have been accepted
│   ├── StoreUnavailable
│   ├── SpeechUnavailable        recogniser or synthesiser
│   ├── SealUnavailable          no trusted timestamp: no certificate is handed out without
│   └── SmsUnavailable           the text message was not accepted, or nobody knows
├── BusinessRefused         the core system says no, with a reason
├── DeadlineMissed
└── Misconfigured           start-up only: names the setting
"""

from typing import ClassVar


class JiajiaError(Exception):
    """Base of every error of ours; adapters raise nothing else."""

    code: ClassVar[str] = "unexpected"
    say: ClassVar[str] = "家家刚才没处理好这句话,您的内容没有丢。请再发一次,或拨打 12329 找工作人员。"
    handoff: ClassVar[bool] = False


class InputRefused(JiajiaError):
    code = "input-refused"
    say = "这条内容家家没法处理。请换成一句简短的文字再发一次。"


class MessageTooLong(InputRefused):
    code = "message-too-long"
    say = "这段话太长了(最多 2000 字)。请拆成几条,或只写最想问的那一句。"


class MessageEmpty(InputRefused):
    code = "message-empty"
    say = "没有收到文字。请直接写下您的问题,比如“租房一年能提多少”。"


class TooManyMessages(InputRefused):
    code = "too-many-messages"
    say = "您发得有点快,家家跟不上了。请稍等几秒再发,前面的问题会接着回答。"


class ValueRefused(InputRefused):
    """What was said is not a usable value; `reason` tells the citizen what is wrong and how to write it."""

    code = "value-refused"
    say = "这个数没看懂。请换一种写法,比如 5 万元、20 年、2026-12-01。"

    def __init__(self, reason: str = "", *, problem: str = "") -> None:
        super().__init__(reason or self.say)
        self.reason = reason or self.say
        self.problem = problem


class FrameRefused(InputRefused):
    code = "frame-refused"
    say = "页面发来的内容格式不对。请刷新页面再试。"


class NotAllowed(JiajiaError):
    code = "not-allowed"
    say = "这项内容只能由本人查看。请先完成身份验证。"


class ProofNeeded(NotAllowed):
    code = "proof-needed"
    say = "为了保护您的账户,请先验证身份,验证后马上为您办理。"


class IdentityLocked(NotAllowed):
    code = "identity-locked"
    say = "连续多次验证没有通过,为安全起见已暂时锁定。请稍后再试,或带身份证到柜台办理。"


class Unavailable(JiajiaError):
    code = "unavailable"
    say = "这项服务暂时连不上。请稍后再试,急事请拨打 12329。"


class DialogueUnavailable(Unavailable):
    code = "dialogue-unavailable"
    say = "业务办理暂时停一下,政策问题家家还能回答。急事请拨打 12329。"


class GatewayUnavailable(Unavailable):
    """Raised in the telephone's process; `again` when it may be there in a moment."""

    code = "gateway-unavailable"
    say = "智能助手暂时答不了。马上为您转人工,请不要挂机。"

    def __init__(self, why: str = "", *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class KnowledgeUnavailable(Unavailable):
    code = "knowledge-unavailable"
    say = "政策资料暂时打不开。请稍后再问,或拨打 12329。"


class FundSystemUnavailable(Unavailable):
    code = "fund-system-unavailable"
    say = "业务系统暂时连不上,没有提交任何申请。请稍后再试,或拨打 12329。"


class SubmissionUnconfirmed(FundSystemUnavailable):
    code = "submission-unconfirmed"
    say = "已经提交,但业务系统还没有回话,可能已经受理。请过一两分钟对我说“查进度”;再办同一笔也不会重复。"


class StoreUnavailable(Unavailable):
    code = "store-unavailable"
    say = "家家暂时记不住新的消息。请过一分钟再发一次,或拨打 12329。"


class SpeechUnavailable(Unavailable):
    code = "speech-unavailable"
    say = "语音暂时用不了。请按键选择,或按 0 转人工。"


class SealUnavailable(Unavailable):
    code = "seal-unavailable"
    say = "电子签章服务暂时连不上,这次没有出具证明。请过几分钟再点一次下载。"


class SmsUnavailable(Unavailable):
    code = "sms-unavailable"
    say = "短信没有发出去。请稍后再试,或拨打 12329。"


class BusinessRefused(JiajiaError):
    """The core system refused; `reason` is the sentence for the citizen; `problem` its code in the contract."""

    code = "business-refused"
    say = "这笔业务现在不能办。请拨打 12329 问清原因。"

    def __init__(self, reason: str = "", *, problem: str = "") -> None:
        super().__init__(reason or self.say)
        self.reason = reason or self.say
        self.problem = problem


class DeadlineMissed(JiajiaError):
    code = "deadline-missed"
    say = "这个问题家家还在查,查到后会马上发给您。"


class Misconfigured(JiajiaError):
    """Start-up stops; the message names the setting and how to mend it."""

    code = "misconfigured"
