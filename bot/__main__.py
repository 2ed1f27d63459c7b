"""`python -m bot run | chat [--jsonl] | train`: the programs of 家家."""

import argparse
import sys
import warnings

import uvloop

from bot.assembly.serving import until_signal
from bot.errors import JiajiaError
from bot.log import configure
from bot.settings import Settings, load


def main() -> int:
    """Parse the command, read the settings, run; what stops it is told in one line."""
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")  # jieba imports it, and says so to whoever runs us
    parser = argparse.ArgumentParser(prog="python -m bot", description="家家:住房公积金客服助手")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="启动全部(训练缺少的、Rasa、网关、网上大厅)")
    verbs.add_parser("train", help="训练缺少的或过期的部分")
    verbs.add_parser("sandbox", help="只启动演示核心系统(演示人物见 /demo)")
    talk = verbs.add_parser("chat", help="在终端里对话")
    talk.add_argument("--jsonl", action="store_true", help='每行一个 {"conversation","channel","text"},每行回一个 Turn')
    wishes = verbs.add_parser("call-backs", help="等待回电的人;打过之后 --called <编号>")
    wishes.add_argument("--called", type=int, default=0, metavar="编号", help="这一位已经打过,从名单里去掉")
    options = parser.parse_args()
    try:
        return _verb(options, load())
    except JiajiaError as error:
        print(f"✘ {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已停止。", file=sys.stderr)
        return 130


def _verb(options: argparse.Namespace, settings: Settings) -> int:
    quiet = options.verb == "chat"
    configure(sys.stderr if quiet else None, level="WARNING" if quiet else settings.log.level)
    if options.verb == "sandbox":  # by itself it needs nothing of what the others take seconds to import
        from bot.assembly.core_system import serve_alone

        return uvloop.run(until_signal(serve_alone(settings)))
    if options.verb == "call-backs":
        from bot.assembly.call_backs import call_backs

        return uvloop.run(until_signal(call_backs(settings, called=options.called)))
    from bot.assembly.chat import chat, chat_jsonl
    from bot.assembly.disk import require_room
    from bot.assembly.programs import require_ports, run, train

    require_room(settings)
    if options.verb == "run":
        require_ports(settings)
    with_said = sys.stderr if quiet else sys.stdout
    model = train(settings, said=with_said)
    if options.verb == "train":
        return 0
    if options.verb == "run":
        return uvloop.run(until_signal(run(settings, model)))
    return uvloop.run(until_signal(chat_jsonl(settings, model) if options.jsonl else chat(settings, model)))


if __name__ == "__main__":
    sys.exit(main())
