"""`python -m knowledge_base`: what a curator does at the command line, where the settings of the service say."""

import sys
import warnings
from collections.abc import Sequence

from bot.errors import Misconfigured
from bot.settings import load
from knowledge_base.turning_back import Places


def main(arguments: Sequence[str]) -> int:
    """Run one verb of the command line."""
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")  # jieba imports it, and says so to whoever asks
    from knowledge_base import commands  # brings jieba, which warns unless told not to

    try:
        asked = load().knowledge
    except Misconfigured as error:
        print(error, file=sys.stderr)
        return 1
    places = Places(home=asked.versions, sources=asked.directory, encoder=asked.encoder)
    return commands.main(arguments, places)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
