"""`python -m knowledge_base`: what a curator does at the command line."""

import sys

from knowledge_base.turning_back import turned_back

if __name__ == "__main__":
    done = turned_back(sys.argv[1:])
    if done is None:
        from knowledge_base.commands import main  # brings the models' libraries, which going back does not wait for

        done = main(sys.argv[1:])
    sys.exit(done)
