"""`liaison`: every command of the product, on an empty home as on a full one."""

import os
import sys


def main() -> None:
    """Run a command; a refusal is one line on stderr and exit status 1 (2 for wrong usage)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    from django.core.management import ManagementUtility

    from liaison.kernel.errors import Refused

    arguments = ["liaison", *(sys.argv[1:] or ["help"])]
    try:
        ManagementUtility(arguments).execute()
    except Refused as refusal:
        sys.exit(f"liaison: {refusal.sentence}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone; leave without a complaint of Python's own at shutdown
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
