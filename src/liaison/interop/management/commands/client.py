"""`liaison client add|token|list|remove`: systems that read Liaison over FHIR."""

from typing import Any

from django.core.management.base import CommandParser

from liaison.interop import clients
from liaison.people.roles import ROLES
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "Connect other systems: register one with a role, and print a short-lived bearer token for it."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="register a system")
        add.add_argument("name")
        add.add_argument(
            "--role", default="system-reader", choices=sorted(ROLES), help="what it may do (default: %(default)s)"
        )
        token = verbs.add_parser("token", help="print a bearer token, good for one hour")
        token.add_argument("name")
        remove = verbs.add_parser("remove", help="end a system's access at once")
        remove.add_argument("name")
        verbs.add_parser("list", help="show the registered systems")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        actor = machine("command line", "cli")
        if verb == "add":
            client, secret = clients.add(actor, options["name"], options["role"])
            self.stdout.write(f"client_id {client.application.client_id}")
            self.stdout.write(f"client_secret {secret}")
            self.stdout.write(
                "The secret is shown this once. Tokens: POST /oauth/token with grant_type=client_credentials."
            )
        elif verb == "token":
            self.stdout.write(clients.token(actor, options["name"]))
        elif verb == "remove":
            clients.remove(actor, options["name"])
            self.stdout.write(f"{options['name']} can no longer read.")
        else:
            for client in clients.listed(actor):
                self.stdout.write(f"{client.name}\t{client.role}")
