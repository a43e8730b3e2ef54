"""``python -m viber_messaging.sandbox``: the stand-in gateway without Django."""

import argparse
import sys
from functools import partial

from viber_messaging.sandbox import console


def main() -> int:
    """Run the sandbox from the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m viber_messaging.sandbox",
        description=console.DESCRIPTION,
        epilog=console.describe_scenarios(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    console.add_arguments(parser)
    options = vars(parser.parse_args())
    try:
        console.run(console.build(options), partial(print, flush=True))
    except console.START_ERRORS as error:
        print(console.explain_failure(options["port"], error), file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
