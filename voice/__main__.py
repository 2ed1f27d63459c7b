"""`python -m voice`: the telephone's process; an assembly in one line."""

import sys

from bot.assembly.phone_program import main

if __name__ == "__main__":
    sys.exit(main())
