"""Sixty short calls over SIP leave nothing behind; `python -m tests.system.phone.soak` makes a thousand."""

import pytest

from tests.system.phone.soak import lap, state
from tests.system.phone.telephone import needs_exchange, needs_speech

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, needs_speech, pytest.mark.timeout(900)]
WARM, CALLS = 30, 60
GROWTH_BYTES = 48 * 1024 * 1024


def test_short_calls_over_sip_leave_no_line_file_thread_or_session_open(asterisk, product, tmp_path):
    process = product.telephone().pid
    lap(asterisk, product, WARM, tmp_path)
    before = state(product)
    ran = lap(asterisk, product, CALLS, tmp_path)
    after = state(product)

    assert ran.code == 0, ran.said
    assert ran.begun == sum(ran.ended.values()) > CALLS * 0.9  # who hangs up at once may be gone before we are dialled
    assert product.telephone().pid == process
    assert after.rss_bytes - before.rss_bytes < GROWTH_BYTES
    assert after.files <= before.files + 4
    assert after.threads <= before.threads + 2
    assert after.children == 0
