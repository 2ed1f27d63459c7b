"""`python -m tests.situations`: how many situations are found, and what is mistaken for one, by cross-validation."""

import argparse

from tests.situations.learn import crossed, learn


def main() -> None:
    """Print the shares, or learn anew."""
    parser = argparse.ArgumentParser(prog="python -m tests.situations", description=__doc__)
    parser.add_argument("--learn", action="store_true", help="learn actions/telling.json anew instead")
    if parser.parse_args().learn:
        print(learn())
        return
    shares = crossed()
    print(
        f"found {shares.found:.1%}; mistaken: {shares.wrong:.1%} of what is said, {shares.questions:.1%} of questions"
    )


if __name__ == "__main__":
    main()
