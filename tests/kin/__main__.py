"""`python -m tests.kin`: the entries that belong to each wish; `--learn` writes them down."""

import argparse

from tests.kin.learn import kin, learn


def main() -> None:
    """Print the entries of each wish, or learn them anew."""
    parser = argparse.ArgumentParser(prog="python -m tests.kin", description=__doc__)
    parser.add_argument("--learn", action="store_true", help="write actions/kin.json anew instead")
    if parser.parse_args().learn:
        print(learn())
        return
    for wish, entries in kin().items():
        print(wish, *entries)


if __name__ == "__main__":
    main()
