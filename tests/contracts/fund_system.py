"""What every FundSystem must hold. Subclass and provide `town()`: a core system with the demo people in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

import pytest

from bot.errors import BusinessRefused, IdentityLocked
from bot.fund.records import ApplicationState, Business, CertificateKind, Registry
from bot.fund.system import FundSystem

RENTER, BORROWER, MORTGAGED, RETIRED = "租房、单身", "公积金贷款、按月", "商业住房贷款", "退休年龄"
PUBLIC, FAMILY = "公租房", "二孩家庭"
GROWN, TALENT, WORKER = "只有一个未成年", "高层次人才", "原法定退休年龄 50"
DEFERRED = "缓缴单位"
GAP, FROZEN, CLERK, SETTLED = "断缴", "冻结", "经办人", "已结清"
STARTS = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)  # the clock of every town under test
NEW_YEAR = datetime(2026, 12, 31, 17, tzinfo=UTC)
NOBODY = "630102198001019996"


class TownUnderTest(Protocol):
    """A core system with people, and hands on its clock and its SMS."""

    system: FundSystem

    def numbers(self, story: str) -> tuple[str, str]:
        """ID number and query password of the demo person with this story."""
        ...

    def last_code(self) -> str: ...

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and let the bank post what is due."""
        ...


class FundSystemContract:
    """Identity, own data only, eligibility, once per key, one in flight, certificates, queues, complaints."""

    def town(self, tmp_path) -> AbstractAsyncContextManager[TownUnderTest]:
        raise NotImplementedError

    @pytest.fixture
    async def town_(self, tmp_path) -> AsyncIterator[TownUnderTest]:
        async with self.town(tmp_path) as town:
            yield town

    async def subject(self, town: TownUnderTest, story: str) -> str:
        return (await town.system.prove_by_password(*town.numbers(story))).subject

    async def test_a_password_proves_who_is_there_and_shows_no_full_name_or_phone(self, town_):
        person = await town_.system.prove_by_password(*town_.numbers(RENTER))

        assert person.demo
        assert person.name.endswith("**")
        assert "****" in person.phone
        assert town_.numbers(RENTER)[0] not in repr(person)

    async def test_the_card_itself_proves_even_while_secrets_are_locked(self, town_):
        number, _ = town_.numbers(RENTER)
        for _ in range(4):
            with pytest.raises(BusinessRefused):
                await town_.system.prove_by_password(number, "000000x")
        with pytest.raises(IdentityLocked):
            await town_.system.prove_by_password(number, "000000x")

        person = await town_.system.prove_by_card(number)
        with pytest.raises(BusinessRefused) as unknown:
            await town_.system.prove_by_card(NOBODY)

        assert person.demo
        assert unknown.value.problem == "not-found"

    async def test_a_code_proves_once_and_only_while_it_lives(self, town_):
        number, _ = town_.numbers(RENTER)
        await town_.system.send_code(number)
        code = town_.last_code()

        assert (await town_.system.prove_by_code(number, code)).subject
        with pytest.raises(BusinessRefused) as used:
            await town_.system.prove_by_code(number, code)
        await town_.pass_time(61)
        await town_.system.send_code(number)
        fresh = town_.last_code()
        await town_.pass_time(301)
        with pytest.raises(BusinessRefused) as late:
            await town_.system.prove_by_code(number, fresh)

        assert used.value.problem == late.value.problem == "code-expired"

    async def test_a_second_code_within_a_minute_is_refused(self, town_):
        number, _ = town_.numbers(RENTER)
        await town_.system.send_code(number)

        with pytest.raises(BusinessRefused) as refused:
            await town_.system.send_code(number)

        assert refused.value.problem == "too-soon"

    async def test_five_failures_lock_even_against_the_right_password_and_the_lock_ends(self, town_):
        number, password = town_.numbers(RENTER)
        for _ in range(4):
            with pytest.raises(BusinessRefused):
                await town_.system.prove_by_password(number, "000000x")
        with pytest.raises(IdentityLocked):
            await town_.system.prove_by_password(number, "000000x")

        with pytest.raises(IdentityLocked):
            await town_.system.prove_by_password(number, password)
        await town_.pass_time(31 * 60)

        assert (await town_.system.prove_by_password(number, password)).subject

    async def test_guesses_at_the_same_moment_are_all_counted(self, town_):
        number, password = town_.numbers(RENTER)

        tries = [town_.system.prove_by_password(number, f"{n:06d}x") for n in range(12)]
        answers = await asyncio.gather(*tries, return_exceptions=True)

        assert sum(isinstance(answer, BusinessRefused) for answer in answers) == 4
        with pytest.raises(IdentityLocked):
            await town_.system.prove_by_password(number, password)

    async def test_asking_for_a_code_does_not_tell_who_is_registered(self, town_):
        known = await town_.system.send_code(town_.numbers(RENTER)[0])
        unknown = await town_.system.send_code(NOBODY)

        assert len(known) == len(unknown) == 11
        with pytest.raises(BusinessRefused) as refused:
            await town_.system.prove_by_code(NOBODY, "000000")
        assert refused.value.problem == "wrong-secret"

    async def test_an_account_adds_up(self, town_):
        account = await town_.system.account(await self.subject(town_, RENTER))

        assert account.balance == account.carried_over + account.this_year > 0
        assert account.personal_monthly == account.employer_monthly > 0

    async def test_months_nobody_paid_are_named(self, town_):
        gap = await town_.system.contributions(await self.subject(town_, GAP), "2025-06", "2026-10")
        full = await town_.system.contributions(await self.subject(town_, RENTER), "2025-06", "2026-10")

        assert len(gap.missing) == 3
        assert full.missing == ()
        assert [line.month for line in full.lines] == sorted((line.month for line in full.lines), reverse=True)
        assert any(line.kind == "年终结息" for line in full.lines)

    async def test_an_employer_is_shown_to_its_clerk_only(self, town_):
        employer = await town_.system.employer(await self.subject(town_, CLERK))

        assert employer.employees > 0
        assert employer.unpaid_months
        with pytest.raises(BusinessRefused) as refused:
            await town_.system.employer(await self.subject(town_, RENTER))
        assert refused.value.problem == "forbidden"

    async def test_a_deferred_month_is_not_missing_and_interrupts_nothing(self, town_):
        subject = await self.subject(town_, DEFERRED)
        employer = await town_.system.employer(subject)
        history = await town_.system.contributions(subject, "2025-06", "2026-10")
        rent = await town_.system.eligibility(subject, Business.RENT)

        assert (employer.status, employer.unpaid_months) == ("缓缴", ())
        assert employer.paid_to == history.lines[0].month < "2026-10"
        assert history.missing == ()
        assert rent.allowed

    async def test_a_plan_repays_exactly_what_is_owed(self, town_):
        subject = await self.subject(town_, BORROWER)
        loan, plan = await town_.system.loan(subject), await town_.system.plan(subject)

        assert loan is not None
        assert sum(line.principal for line in plan) == loan.balance
        assert (plan[0].due_on, plan[0].principal, plan[0].interest) == (
            loan.next_due_on,
            loan.next_principal,
            loan.next_interest,
        )
        assert plan[-1].balance == 0
        assert loan.months == loan.months_paid + len(plan)

    async def test_who_has_no_loan_from_the_fund_has_none(self, town_):
        assert await town_.system.loan(await self.subject(town_, RENTER)) is None
        assert await town_.system.loan(await self.subject(town_, MORTGAGED)) is None

    async def test_an_unknown_person_has_nothing(self, town_):
        for subject in ("nobody-here-1234", "../../../v1/outlets", "x' OR '1'='1", "短"):
            with pytest.raises(BusinessRefused) as refused:
                await town_.system.account(subject)
            assert refused.value.problem == "not-found"

    async def test_a_withdrawal_is_approved_and_posted_by_itself_and_counts_against_the_year(self, town_):
        subject = await self.subject(town_, RENTER)
        may, before = await town_.system.eligibility(subject, Business.RENT), await town_.system.account(subject)

        filed = await town_.system.submit(subject, Business.RENT, may.limit, key="rent-once-1")
        await town_.pass_time(1.1)
        await town_.pass_time(3.1)
        (posted,) = await town_.system.applications(subject)
        again = await town_.system.eligibility(subject, Business.RENT)

        assert may.allowed
        assert may.limit == Decimal("16800.00")
        assert filed.state is ApplicationState.ACCEPTED
        assert (posted.number, posted.state, len(posted.steps)) == (filed.number, ApplicationState.POSTED, 3)
        assert (await town_.system.account(subject)).balance == before.balance - may.limit
        assert (again.allowed, again.limit) == (False, 0)
        assert any(not clause.met and clause.basis and clause.advice for clause in again.clauses)

    async def test_materials_say_which_registry_waives_them(self, town_):
        may = await town_.system.eligibility(await self.subject(town_, RENTER), Business.RENT)

        assert {material.waived_by.value for material in may.materials if material.waived_by} == {
            "公安",
            "房产",
            "民政",
        }

    async def test_every_waiver_rests_on_what_its_registry_says(self, town_):
        subject = await self.subject(town_, RENTER)
        may = await town_.system.eligibility(subject, Business.RENT)

        said = [await town_.system.shared_data(subject, one.waived_by) for one in may.materials if one.waived_by]

        assert [one.registry for one in said] == [one.waived_by for one in may.materials if one.waived_by]
        assert all(one.facts and one.checked_at.tzinfo for one in said)
        assert ("缴存地自有住房", "无") in {one.registry: one.facts for one in said}[Registry.PROPERTY]

    async def test_the_rent_of_public_housing_is_the_cap(self, town_):
        subject = await self.subject(town_, PUBLIC)
        may = await town_.system.eligibility(subject, Business.RENT)
        home = await town_.system.shared_data(subject, Registry.PROPERTY)

        assert may.allowed
        assert ("公租房年租金", str(may.limit)) in home.facts
        assert ("公租房租赁合同", Registry.PROPERTY) in [(one.name, one.waived_by) for one in may.materials]

    async def test_a_family_with_two_children_may_take_more(self, town_):
        may = await town_.system.eligibility(await self.subject(town_, FAMILY), Business.RENT)

        assert (may.allowed, may.limit) == (True, Decimal("21600.00"))

    @pytest.mark.parametrize(
        ("story", "business"),
        [
            (FROZEN, Business.RENT),
            (BORROWER, Business.RENT),
            (RENTER, Business.REPAY_FUND_LOAN),
            (RENTER, Business.REPAY_COMMERCIAL_LOAN),
            (RENTER, Business.RETIREMENT),
            (SETTLED, Business.PREPAYMENT),
        ],
    )
    async def test_who_may_not_hears_the_clause_and_nothing_is_written(self, town_, story, business):
        subject = await self.subject(town_, story)
        before = await town_.system.account(subject)

        with pytest.raises(BusinessRefused) as refused:
            await town_.system.submit(subject, business, Decimal("100.00"), key="refused-1")

        assert refused.value.problem == "not-eligible"
        assert "依据" in refused.value.reason
        assert (await town_.system.account(subject), await town_.system.applications(subject)) == (before, ())

    @pytest.mark.parametrize("amount", ["0.00", "16800.01", "99999999.99"])
    async def test_an_amount_beyond_the_limit_is_refused(self, town_, amount):
        with pytest.raises(BusinessRefused) as refused:
            await town_.system.submit(
                await self.subject(town_, RENTER), Business.RENT, Decimal(amount), key="too-much-1"
            )

        assert refused.value.problem == "over-limit"

    async def test_the_same_key_gives_the_same_result_however_often_and_at_once(self, town_):
        subject = await self.subject(town_, RENTER)

        def submit():
            return town_.system.submit(subject, Business.RENT, Decimal("300.00"), key="same-key-1")

        filed = await asyncio.gather(*(submit() for _ in range(20)))
        await town_.pass_time(1.1)
        later = await submit()

        assert {one.number for one in filed} | {later.number} == {filed[0].number}
        assert len(await town_.system.applications(subject)) == 1

    async def test_one_application_of_a_kind_is_under_way_at_a_time(self, town_):
        subject = await self.subject(town_, RENTER)

        filed = await asyncio.gather(
            *(town_.system.submit(subject, Business.RENT, Decimal("100.00"), key=f"different-{n}") for n in range(8)),
            return_exceptions=True,
        )

        assert sum(not isinstance(one, Exception) for one in filed) == 1
        assert {one.problem for one in filed if isinstance(one, BusinessRefused)} == {"in-flight"}

    async def test_retirement_takes_everything_with_its_interest_and_closes_the_account(self, town_):
        subject = await self.subject(town_, RETIRED)
        may, before = await town_.system.eligibility(subject, Business.RETIREMENT), await town_.system.account(subject)

        with pytest.raises(BusinessRefused):
            await town_.system.submit(subject, Business.RETIREMENT, Decimal("100.00"), key="retire-some")
        await town_.system.submit(subject, Business.RETIREMENT, may.limit, key="retire-all")
        account = await town_.system.account(subject)

        assert may.limit > before.balance
        assert (account.balance, account.status.value) == (0, "05")

    async def test_a_prepayment_does_what_its_quote_said(self, town_):
        subject = await self.subject(town_, BORROWER)
        quote = await town_.system.prepayment_quote(subject, Decimal("50000.00"), shorten=True)

        await town_.system.submit(subject, Business.PREPAYMENT, Decimal("50000.00"), key="prepay-1", shorten=True)
        await town_.pass_time(1.1)
        await town_.pass_time(3.1)
        loan, plan = await town_.system.loan(subject), await town_.system.plan(subject)

        assert loan is not None
        assert (loan.balance, len(plan), plan[0].total) == (
            quote.balance_after,
            quote.months_after,
            quote.monthly_after,
        )
        assert quote.months_after < quote.months_before
        assert quote.interest_saved > 0

    async def test_a_certificate_is_issued_once_per_key_and_anyone_may_verify_its_code(self, town_):
        subject = await self.subject(town_, RENTER)

        issued = await town_.system.issue(subject, CertificateKind.CONTRIBUTION, key="certificate-1")
        again = await town_.system.issue(subject, CertificateKind.CONTRIBUTION, key="certificate-1")

        assert issued == again == await town_.system.verify(issued.code)
        assert await town_.system.verify("AAAA2222BBBB3333") is None
        assert await town_.system.verify("../outlets") is None

    async def test_a_loan_not_yet_paid_off_has_no_settlement_certificate(self, town_):
        with pytest.raises(BusinessRefused) as refused:
            await town_.system.issue(
                await self.subject(town_, BORROWER), CertificateKind.LOAN_SETTLED, key="certificate-2"
            )
        settled = await town_.system.issue(
            await self.subject(town_, SETTLED), CertificateKind.LOAN_SETTLED, key="certificate-3"
        )

        assert refused.value.problem == "not-eligible"
        assert settled.kind is CertificateKind.LOAN_SETTLED

    async def test_a_seat_is_booked_cancelled_and_seen_by_its_owner_only(self, town_):
        mine, other = await self.subject(town_, RENTER), await self.subject(town_, CLERK)
        outlet = (await town_.system.outlets("城东"))[0]
        at = (await town_.system.free_times(outlet.id, (await self.today(town_)) + timedelta(days=1)))[0]

        ticket = await town_.system.book(mine, outlet.id, "提取", at, key="booking-1")
        same = await town_.system.book(mine, outlet.id, "提取", at, key="booking-1")
        with pytest.raises(BusinessRefused) as refused:
            await town_.system.cancel_ticket(other, ticket.number, key="cancel-other")
        cancelled = await town_.system.cancel_ticket(mine, ticket.number, key="cancel-mine")

        assert ticket.number == same.number
        assert (ticket.state, cancelled.state, refused.value.problem) == ("booked", "cancelled", "not-found")
        assert (ticket.ahead, ticket.wait_minutes) == (0, 0), "a booked time has no queue before it"
        assert await town_.system.tickets(other) == ()

    async def today(self, town):
        subject = await self.subject(town, SETTLED)
        return (await town.system.issue(subject, CertificateKind.CONTRIBUTION, key="what-day-is-it")).issued_at.date()

    async def test_a_time_is_booked_by_no_more_than_its_seats(self, town_):
        subject, outlet = await self.subject(town_, RENTER), (await town_.system.outlets())[0]
        at = (await town_.system.free_times(outlet.id, (await self.today(town_)) + timedelta(days=1)))[0]

        booked = await asyncio.gather(
            *(town_.system.book(subject, outlet.id, "提取", at, key=f"seat-number-{n}") for n in range(8)),
            return_exceptions=True,
        )

        assert sum(not isinstance(one, Exception) for one in booked) == 3
        assert {one.problem for one in booked if isinstance(one, BusinessRefused)} == {"no-such-time"}

    async def test_a_ticket_for_now_is_taken_once_and_its_queue_moves(self, town_):
        subject, outlet = await self.subject(town_, RENTER), (await town_.system.outlets())[0]

        ticket = await town_.system.take_ticket(subject, outlet.id, "提取", key="ticket-now-1")
        same = await town_.system.take_ticket(subject, outlet.id, "提取", key="ticket-now-1")
        waits = [ticket.ahead]
        for _ in range(20):
            await town_.pass_time(6 * 60)
            waits.append((await town_.system.tickets(subject))[0].ahead)
        (called,) = await town_.system.tickets(subject)

        assert ticket.number == same.number
        assert (ticket.state, called.state) == ("waiting", "called")
        assert waits[0] > waits[-1] == 0
        assert waits == sorted(waits, reverse=True), "nobody overtakes"
        assert (await town_.system.cancel_ticket(subject, ticket.number, key="ticket-gone-1")).state == "cancelled"

    async def test_after_hours_no_ticket_is_given_but_a_time_may_be_booked(self, town_):
        outlet = (await town_.system.outlets())[0]
        await town_.pass_time(12 * 3600)
        subject = await self.subject(town_, RENTER)

        with pytest.raises(BusinessRefused) as refused:
            await town_.system.take_ticket(subject, outlet.id, "提取", key="ticket-late-1")

        assert refused.value.problem == "no-such-time"
        assert not (await town_.system.outlets())[0].open_now
        assert await town_.system.tickets(subject) == ()

    async def test_a_complaint_has_a_number_and_any_words_are_kept_as_words(self, town_):
        subject = await self.subject(town_, RENTER)
        words = "'); DROP TABLE people;-- <script>alert(1)</script> 😀"

        filed = await town_.system.file(subject, "服务", words, key="complaint-1")

        assert (await town_.system.complaints(subject))[0].number == filed.number
        assert (await town_.system.account(subject)).balance > 0

    async def test_what_is_added_to_a_complaint_goes_under_its_number_once_per_key(self, town_):
        subject, other = await self.subject(town_, RENTER), await self.subject(town_, CLERK)
        filed = await town_.system.file(subject, "服务", "等了两个小时", key="complaint-2")

        added = await town_.system.follow_up(subject, filed.number, "多开两个窗口", key="complaint-2-more")
        same = await town_.system.follow_up(subject, filed.number, "多开两个窗口", key="complaint-2-more")
        with pytest.raises(BusinessRefused) as refused:
            await town_.system.follow_up(other, filed.number, "不是我的", key="complaint-2-theirs")

        assert added == same
        assert [one.text for one in added.follow_ups] == ["多开两个窗口"]
        assert await town_.system.complaints(subject) == (added,)
        assert refused.value.problem == "not-found"

    @pytest.mark.parametrize(
        ("story", "cap", "why"),
        [
            (RENTER, "16,800.00", "满 16,800.00 元"),
            (FAMILY, "21,600.00", "二孩家庭,至少一个未成年"),
            (GROWN, "26,400.00", "三孩及以上家庭,至少一个未成年"),
            (TALENT, "33,600.00", "高层次人才"),
            (PUBLIC, "4,320.00", "公租房按全年实际租金"),
        ],
    )
    async def test_rent_is_capped_by_the_household_and_says_by_which_rule(self, town_, story, cap, why):
        eligible = await town_.system.eligibility(await self.subject(town_, story), Business.RENT)

        (clause,) = (one for one in eligible.clauses if "今年家庭" in one.text)
        assert cap in clause.text
        assert why in clause.text
        assert "kstb/3573" in clause.basis
        assert eligible.limit <= Decimal(cap.replace(",", ""))

    async def test_what_is_taken_in_the_first_hours_of_a_year_counts_for_that_year(self, town_):
        """One in the morning of New Year's Day in China is still last year by UTC, in which moments are kept."""
        subject = await self.subject(town_, RENTER)
        await town_.pass_time((NEW_YEAR - STARTS).total_seconds())
        limit = (await town_.system.eligibility(subject, Business.RENT)).limit

        await town_.system.submit(subject, Business.RENT, limit, key="new-year-1")
        await town_.pass_time(3600)
        later = await town_.system.eligibility(subject, Business.RENT)

        assert limit == Decimal("16800.00")
        assert (later.allowed, later.limit) == (False, Decimal("0.00"))

    async def test_a_woman_retiring_at_fifty_by_her_former_age_may_close_her_account(self, town_):
        eligible = await town_.system.eligibility(await self.subject(town_, WORKER), Business.RETIREMENT)

        assert eligible.allowed

    async def test_two_people_at_once_never_see_each_other(self, town_):
        stories = (RENTER, BORROWER, MORTGAGED, CLERK)
        subjects = [await self.subject(town_, story) for story in stories]
        alone = [await town_.system.account(subject) for subject in subjects]

        together = await asyncio.gather(*(town_.system.account(subject) for subject in subjects * 10))

        assert together == alone * 10
