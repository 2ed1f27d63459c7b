"""`python -m knowledge_base`: what a curator does at the command line."""

import sys

from knowledge_base.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
