"""A lean HTTP load generator: raw keep-alive sockets in one loop a process, so that the server is what is measured."""

import multiprocessing
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Figure:
    """What a load came to. `cpu_ms` is the processor time of the watched processes for one request."""

    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def load(
    host: str, port: int, requests: Sequence[bytes], clients: int, seconds: float, watched: Sequence[int]
) -> Figure:
    """Send `requests` in turn over `clients` connections for some seconds.

    Raises RuntimeError for any answer but 200.
    """
    processes = min(2, clients)
    shares = [clients // processes + (number < clients % processes) for number in range(processes)]
    context = multiprocessing.get_context("fork")
    with context.Pool(processes) as pool:
        before = _cpu(watched)
        began = time.perf_counter()
        jobs = [
            (host, port, list(requests[n::processes]) or list(requests), shares[n], seconds) for n in range(processes)
        ]
        times = [t for part in pool.starmap(_run, jobs) for t in part]
        took = time.perf_counter() - began
        used = _cpu(watched) - before
    times.sort()
    return Figure(
        len(times) / took, times[len(times) // 2] * 1000, times[len(times) * 95 // 100] * 1000, used / len(times) * 1000
    )


def _cpu(processes: Sequence[int]) -> float:
    """Processor seconds of processes and all that they have started."""
    found = {
        p for number in processes for p in (psutil.Process(number), *psutil.Process(number).children(recursive=True))
    }
    return sum(used.user + used.system for used in (process.cpu_times() for process in found))


def _run(host: str, port: int, requests: Sequence[bytes], connections: int, seconds: float) -> list[float]:
    """Keep every connection busy until the time is over. Gives the seconds of each answer."""
    selector = selectors.DefaultSelector()
    started: dict[socket.socket, float] = {}
    times: list[float] = []
    turn = 0
    for _ in range(connections):
        connection = socket.create_connection((host, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ, bytearray())
        started[connection] = time.perf_counter()
        connection.sendall(requests[turn % len(requests)])
        turn += 1
    end = time.perf_counter() + seconds
    while started:
        for key, _ in selector.select():
            assert isinstance(key.fileobj, socket.socket)
            connection, buffer = key.fileobj, key.data
            received = connection.recv(262144)
            if not received:
                raise RuntimeError("the server closed a connection")
            buffer += received
            if not _whole(buffer):
                continue
            now = time.perf_counter()
            times.append(now - started[connection])
            buffer.clear()
            if now >= end:
                selector.unregister(connection)
                del started[connection]
                connection.close()
                continue
            started[connection] = now
            connection.sendall(requests[turn % len(requests)])
            turn += 1
    return times


def _whole(buffer: bytearray) -> bool:
    """Whether a whole answer is there. Raises RuntimeError unless it is 200."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return False
    if not buffer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(bytes(buffer[:400]).decode(errors="replace"))
    at = buffer.lower().find(b"content-length:", 0, head)
    return len(buffer) >= head + 4 + int(buffer[at + 15 : buffer.find(b"\r\n", at)])
