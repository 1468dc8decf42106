"""Running numbers: none lost, none doubled, however many draw at once."""

import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction

from liaison.record.numbers import next_number
from tests.support.clinic import Clinic


@pytest.mark.django_db
def test_numbers_run_from_one_on_for_each_series() -> None:
    assert [next_number("claim") for _ in range(3)] == [1, 2, 3]
    assert next_number("mrn") == 1
    assert next_number("mrn", 10) == 2
    assert next_number("mrn") == 12


@pytest.mark.usefixtures("own_database")
def test_a_number_of_a_change_that_rolled_back_is_given_again() -> None:
    with transaction.atomic():
        assert next_number("mrn") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert next_number("mrn") / 0
    with transaction.atomic():
        assert next_number("mrn") == 2


@pytest.mark.usefixtures("own_database")
def test_outside_a_transaction_there_is_no_number() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        next_number("mrn")


@pytest.mark.usefixtures("own_database")
def test_thirty_two_threads_draw_numbers_without_gaps_or_doubles() -> None:
    drawn: list[int] = []
    start = threading.Barrier(32)

    def draw() -> None:
        try:
            start.wait()
            for _ in range(5):
                with transaction.atomic():
                    number = next_number("accession")
                drawn.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=draw) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 161))


DRAW = """
import django; django.setup()
from django.db import transaction
from liaison.record.numbers import next_number
for _ in range(25):
    with transaction.atomic():
        print(next_number("receipt"))
"""


def test_processes_draw_numbers_without_gaps_or_doubles(live_home: Clinic) -> None:
    command = [sys.executable, "-c", DRAW]
    running = [subprocess.Popen(command, env=live_home.env, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    drawn = [int(line) for process in running for line in process.communicate()[0].split()]
    assert sorted(drawn) == list(range(1, 101))
