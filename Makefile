# Vosk and PyTorch are tested in two processes: opening both libraries in one has been seen to hang. `check` also keeps
# PyTorch, which takes seconds to import, to the one process that needs it.
# Every verb is complete by itself from a clean clone: it makes the environments and trains what is missing or stale.
SHELL := /bin/bash
PYTHON ?= python3
PY := .venv/bin/python
export PYTHONUTF8 := 1
QUICK := -m "not model and not system"

.DEFAULT_GOAL := help
.PHONY: help run chat train test check bench evaluate lock env-ours env

help: ## 显示这些命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

env-ours:
	@$(PYTHON) bot/assembly/environments.py ours

env:
	@$(PYTHON) bot/assembly/environments.py all

run: env ## 启动家家:网上大厅 http://127.0.0.1:8080/
	@exec $(PY) -m bot run

chat: env ## 在终端里和家家说话(--jsonl 见 README)
	@exec $(PY) -m bot chat

train: env ## 训练缺少的或过期的部分
	@$(PY) -m bot train

test: env ## 全部测试(单元、模型、系统)
	@$(PY) -m bot train && $(PY) -m tests.evaluation && \
	$(PY) -m pytest --ignore=tests/voice && $(PY) -m pytest tests/voice

check: env-ours ## 保存前的检查:格式、类型、快速测试
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . || exit 1; \
	{ $(PY) -m mypy && $(PY) -m pytest -q $(QUICK) tests/voice && $(PY) -m pytest -q $(QUICK) tests/knowledge_base; } & \
	beside=$$!; $(PY) -m pytest -q -n 2 $(QUICK) --ignore=tests/voice --ignore=tests/knowledge_base; \
	tests=$$?; wait $$beside && exit $$tests

bench: env ## 速度,与原厂配置同一次运行;还有检索、换知识、微信、业务、电话(至多十五分钟)
	@exec $(PY) -m tests.bench.everything

evaluate: env ## 准确度:检索、拒答、校准、意图、实体,对着已提交的底线
	@$(PY) -m tests.evaluation

lock: ## 由 requirements*.in 重新生成锁定文件
	@$(PYTHON) -m bot.assembly.locks
