"""`python -m knowledge_base`: what a curator does at the command line, where the settings of the service say."""

import sys
from collections.abc import Sequence

from bot.errors import Misconfigured
from bot.settings import load
from knowledge_base.turning_back import Places, turned_back


def main(arguments: Sequence[str]) -> int:
    """Run one verb of the command line."""
    try:
        asked = load().knowledge
    except Misconfigured as error:
        print(error, file=sys.stderr)
        return 1
    places = Places(home=asked.versions, sources=asked.directory, encoder=asked.encoder)
    done = turned_back(arguments, places)
    if done is None:
        from knowledge_base import commands  # brings the models' libraries, which going back does not wait for

        done = commands.main(arguments, places)
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
