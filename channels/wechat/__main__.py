"""`python -m channels.wechat menu --check | menu --push | doctor`: an assembly in one line; it reads the settings."""

import sys

from bot.assembly.wechat import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
