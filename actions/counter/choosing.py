"""Which withdrawal is meant, when somebody only says that they want their money."""

import re
from dataclasses import replace

from actions.call import Call
from actions.routing import reads, waits
from actions.wish import Next, Result, say
from bot.messages import Button, Outcome, Response


class ChooseWithdrawal:
    """我要提取公积金(还没说用途)。"""

    name = "withdraw"

    async def fulfil(self, call: Call) -> Result:
        """Ask what for, then go on with the one that is meant; purposes that are not done here are explained."""
        told = call.entity("purpose") or call.told
        wish = next((name for pattern, name in _PURPOSES if re.search(pattern, told)), "")
        begun_at_once = replace(call, memory=replace(call.memory, wish=None), intent=wish)
        said = call.known(self.name).get("said", "")
        if wish:  # the amount told before the purpose was asked still counts
            meant = replace(begun_at_once, text=f"{call.text},{said}") if said else begun_at_once
            return Result(response=Response(replies=()), then=Next(wish=wish, call=meant))
        if call.known(self.name) and not re.search(r"贷", told):
            open_still = replace(call.memory, wish=waits(self.name, {"asking": "purpose"}, "purpose"))
            asked_about = replace(
                begun_at_once, memory=open_still, text=f"{told}可以提取公积金吗", intent="policy_question"
            )
            return Result(response=Response(replies=()), then=Next(wish="answer_policy", call=asked_about))
        lead = "是还公积金贷款,还是还商业贷款?" if re.search(r"贷", told) else "您提公积金是做什么用?"
        words = (
            f"{lead}租房、还公积金贷款、还商业贷款、离退休这四种,家家现在就能给您办,系统自动审批。\n"
            "买房、大病、加装电梯等其他用途,告诉我是哪一种,我说条件和办法。"
        )
        spoken = f"{lead}租房、还贷款、退休,我现在就能给您办;别的用途也请告诉我。"
        kept = {"said": call.told} if reads("money", call.told) else {"said": said} if said else {}
        waiting = waits(self.name, {"asking": "purpose"} | kept, "purpose", reminder=_NO_PURPOSE)
        memory = replace(call.memory, wish=waiting)
        return say(words, spoken=spoken, outcome=Outcome.ASKED, buttons=_KINDS, memory=memory)


_NO_PURPOSE = "刚才说要提公积金,还没说用途;说“租房”“退休”这样的用途接着办,说“取消”就不办了。"
_PURPOSES = (
    (r"租", "withdraw_rent"),
    (r"商贷|商业|银行的?贷", "withdraw_repay_commercial_loan"),
    (r"公积金的?贷", "withdraw_repay_fund_loan"),
    (r"[退离]休", "withdraw_retirement"),
)
_KINDS = (
    Button(label="租房", payload="/withdraw_rent"),
    Button(label="还公积金贷款", payload="/withdraw_repay_fund_loan"),
    Button(label="还商业贷款", payload="/withdraw_repay_commercial_loan"),
    Button(label="离退休", payload="/withdraw_retirement"),
)
