"""`liaison`: every command of the product, on an empty home as on a full one."""

import os
import sys

ENGINES = {"codes": "liaison.chart", "immunize": "liaison.immunize", "hl7": "liaison.registry"}
"""Commands of pure engines, and the room of each: they start without waiting for Django's models."""


def overview() -> str:
    """The product's own commands, each with its line of help; Django's are there too, but are for developers."""
    from importlib import import_module

    from django.core.management import get_commands

    lines = ["Liaison: the link between the front office and the clinic.", "", "liaison COMMAND --help tells more.", ""]
    for name, room in sorted(get_commands().items()):
        if str(room).startswith("liaison.") and name != "play_demo_day":
            about = import_module(f"{room}.management.commands.{name}").Command.help
            lines.append(f"  {name:<10} {str(about).partition('. ')[0].rstrip('.')}.")
    return "\n".join(lines)


def main() -> None:
    """Run a command; a refusal is one line on stderr and exit status 1 (2 for wrong usage)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    from importlib import import_module

    from django.core.management import ManagementUtility

    from liaison.kernel.errors import Refused

    arguments = ["liaison", *sys.argv[1:]]
    if arguments[1:] in ([], ["help"], ["--help"], ["-h"]):
        import django

        django.setup()
        print(overview())
        return
    try:
        if room := ENGINES.get(arguments[1]):
            import_module(f"{room}.management.commands.{arguments[1]}").Command().run_from_argv(arguments)
        else:
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
