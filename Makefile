# Vosk and PyTorch are tested in two processes: opening both libraries in one has been seen to hang.
# Every verb is complete by itself from a clean clone: it makes the environments and trains what is missing or stale.
SHELL := /bin/bash
PYTHON ?= python3
PY := .venv/bin/python
export PYTHONUTF8 := 1
unexport PYTHONDONTWRITEBYTECODE # reading the tests' source anew takes ten seconds of each `check`
QUICK := -q -m "not model and not system and not slow"
# SQLite waits for the disk at every commit: where there is a gigabyte of memory for files, tests keep theirs there.
MEMORY = $(shell [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 1000000 ] 2>/dev/null && echo /dev/shm || echo /tmp)

.DEFAULT_GOAL := help
.PHONY: help run chat train test check bench evaluate lock env-ours env quick-types

help: ## 显示这些命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

env-ours:
	@$(PYTHON) -m bot.assembly.environments ours

env:
	@$(PYTHON) -m bot.assembly.environments all

run: env ## 启动家家:网上大厅 http://127.0.0.1:8080/
	@exec $(PY) -m bot run

chat: env ## 在终端里和家家说话(--jsonl 见 README)
	@exec $(PY) -m bot chat

train: env ## 训练缺少的或过期的部分
	@$(PY) -m bot train

test: env ## 全部测试(格式、类型、单元、模型、系统)
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m bot train || exit 1; echo '▸ 准确度、电话的零件、其余测试:两样同时做,约十分钟,做完一样说一样…'; \
	$(BESIDE) -j 2 $(THOROUGHLY); beside=$$?; echo '▸ 整个产品:电话,浏览器和其余,两样同时做,约十分钟…'; \
	$(BESIDE) -j 2 $(WHOLLY); whole=$$?; exit $$((beside | whole))

# Two go on at a time, longest first. Whole products begin when the rest has ended: they mostly wait, for people to speak
# and for programs to start, and two of them leave time on two cores.
BESIDE = $(MAKE) --no-print-directory --keep-going --output-sync=target
THOROUGHLY := thorough-rest thorough-evaluation thorough-voice quick-types
WHOLLY := whole-others whole-phone
.PHONY: $(THOROUGHLY) $(WHOLLY)

whole-others:
	@$(PY) -m pytest tests/system --ignore=tests/system/phone

whole-phone:
	@$(PY) -m pytest tests/system/phone

thorough-rest:
	@$(PY) -m pytest tests --ignore=tests/voice --ignore=tests/system

thorough-evaluation:
	@$(PY) -m tests.evaluation

thorough-voice:
	@$(PY) -m pytest tests/voice

check: env-ours ## 保存前的检查:格式、类型、快速测试
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . || exit 1; \
	TMPDIR=$$(mktemp -d -p $(MEMORY)) || exit 1; export TMPDIR; trap 'rm -rf "$$TMPDIR"' EXIT; \
	$(BESIDE) -j $(words $(QUICKLY)) $(QUICKLY)

# Beside each other: some wait most of the time, and none is longer than half of all. Every test stands in one of them.
QUICKLY := quick-types quick-counter quick-papers quick-refusals quick-once quick-voice quick-others
WECHAT := tests/channels/wechat
reads-counter := tests/actions --ignore=tests/actions/certificates --ignore=tests/actions/business
reads-papers := tests/actions/certificates tests/actions/business
reads-refusals := $(WECHAT)/test_refusals.py
reads-once := $(WECHAT)/test_once.py
reads-voice := tests/voice
reads-others := tests --ignore=tests/actions --ignore=tests/voice $(addprefix --ignore=,$(reads-refusals) $(reads-once))

quick-types:
	@$(PY) -m mypy

quick-%:
	@$(PY) -m pytest $(QUICK) $(reads-$*)

bench: env ## 速度,与原厂配置同一次运行;还有检索、换知识、微信、业务、电话(至多十九分钟)
	@exec $(PY) -m tests.bench.everything

evaluate: env ## 准确度:检索、拒答、校准、意图、实体,对着已提交的底线
	@$(PY) -m tests.evaluation

lock: ## 由 requirements*.in 重新生成锁定文件
	@$(PYTHON) -m bot.assembly.locks
