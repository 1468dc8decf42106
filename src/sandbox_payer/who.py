"""Whom the payer takes a question or claim to be about: found, found otherwise, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from liaison.engines.x12 import Person, Provider, Rejection, Subscriber, is_npi
from sandbox_payer.rules import Member, Payer, Rules

CORRECT, STOP, LATER = "C", "N", "R"
# Farther back or ahead a payer does not look.
_DAYS_BACK, _DAYS_AHEAD = 731, 366


def refusals(
    payer: Payer | None, provider: Provider, subscriber: Subscriber, patient: Person | None, rules: Rules
) -> tuple[Rejection, ...]:
    """Why the payer answers nothing; empty where it does."""
    return tuple(_refusals(payer, provider, subscriber, patient, rules))


def _refusals(
    payer: Payer | None, provider: Provider, subscriber: Subscriber, patient: Person | None, rules: Rules
) -> Iterator[Rejection]:
    if payer is None:
        yield Rejection("79", "request", STOP)
        return
    if not is_npi(provider.npi):
        yield Rejection("43", "provider", CORRECT)
        return
    told = rules.rejected_endings.get(subscriber.member_id[-4:])
    if told:
        where = "payer" if told == "42" else "subscriber"
        yield Rejection(told, where, LATER if told == "42" else CORRECT, valid=told == "42")
        return
    if not re.fullmatch(payer.member_ids, subscriber.member_id):
        yield Rejection("72", "subscriber", CORRECT)
        return
    member = rules.member(payer.id, subscriber.member_id)
    if member is not None:
        yield from _other_than_in_the_book(member, subscriber.person, patient)


def _other_than_in_the_book(member: Member, holder: Person, patient: Person | None) -> Iterator[Rejection]:
    if _plain(holder.last_name) != _plain(member.family):
        yield Rejection("73", "subscriber", CORRECT)
    elif patient is None and holder.birth_date not in (None, member.birth_date):
        yield Rejection("71", "subscriber", CORRECT)
    if patient is not None:
        same = [each for each in member.dependents if _plain(each.given) == _plain(patient.first_name)]
        if not same:
            yield Rejection("67", "dependent", CORRECT)
        elif patient.birth_date not in (None, same[0].birth_date):
            yield Rejection("71", "dependent", CORRECT)


def out_of_time(asked: date, day: date) -> Rejection | None:
    """A day of service that the payer does not answer for."""
    distance = (asked - day).days
    if distance < -_DAYS_BACK or distance > _DAYS_AHEAD:
        return Rejection("62", "subscriber", STOP)
    return None


def _plain(name: str) -> str:
    return "".join(filter(str.isalpha, name.casefold()))
