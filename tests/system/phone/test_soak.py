"""A thousand short calls over real SIP: the telephone's process is afterwards what it was before."""

import socket
import subprocess

import psutil
import pytest

from tests.system.phone.caller import free_port, wait_for
from tests.system.phone.telephone import Asterisk, Product, needs_exchange

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, pytest.mark.timeout(900)]
WARM, CALLS, A_SECOND = 100, 1_000, 8
LASTS_MS = 1_000
GROWTH_BYTES = 24 * 1024 * 1024


def call(exchange: Asterisk, calls: int) -> subprocess.CompletedProcess[str]:
    """Have sipp call, listen for a second and hang up, again and again."""
    command = ["sipp", "-sn", "uac", "-s", "12329", "-i", "127.0.0.1", "-p", str(free_port(socket.SOCK_DGRAM))]
    command += ["-mp", "16000", "-r", str(A_SECOND), "-m", str(calls), "-l", "18", "-d", str(LASTS_MS), "-nostdin"]
    command += [f"127.0.0.1:{exchange.sip}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def state(exchange: Asterisk, product: Product) -> tuple[int, int, int]:
    """Wait until no call is left; return memory, open files and threads."""
    wait_for(lambda: exchange.calls == 0, 60, what="the exchange is free")
    wait_for(lambda: product.lines() == 0, 60, what="the telephone's process has closed every line")
    telephone = product.telephone()
    return telephone.memory_info().rss, telephone.num_fds(), telephone.num_threads()


def test_a_thousand_short_sip_calls_leave_memory_flat_and_no_socket_thread_or_file(asterisk, product):
    process = product.telephone().pid
    warm = call(asterisk, WARM)
    before = state(asterisk, product)
    begun = product.log.count('"event": "call.begun"')
    ran = call(asterisk, CALLS)
    after = state(asterisk, product)

    assert (warm.returncode, ran.returncode) == (0, 0), ran.stdout[-2_000:]
    assert product.log.count('"event": "call.begun"') - begun == CALLS
    assert product.telephone().pid == process
    assert after[0] - before[0] < GROWTH_BYTES
    assert after[1] <= before[1] + 4
    assert after[2] <= before[2] + 2
    assert not [one for one in product.telephone().children() if one.status() != psutil.STATUS_ZOMBIE]
    print(
        f"\nrss {before[0] >> 20} -> {after[0] >> 20} MiB, files {before[1]} -> {after[1]}, "
        f"threads {before[2]} -> {after[2]}"
    )
