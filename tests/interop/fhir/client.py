"""A client of the FHIR face that needs no server: it calls the WSGI application as one does."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

JSON = Any


@dataclass
class Response:
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> JSON:
        return orjson.loads(self.body)

    @property
    def ids(self) -> list[str]:
        return [entry["resource"]["id"] for entry in self.json.get("entry", ())]

    @property
    def says(self) -> str:
        return str(self.json["issue"][0]["diagnostics"])


@dataclass
class Client:
    """Asks the FHIR face as a server does, without one."""

    bearer: str
    where: str = "10.0.0.9"

    def get(self, path: str, query: Any = "", **headers: str) -> Response:
        return self.ask("GET", path, query if isinstance(query, str) else urlencode(query), b"", headers)

    def ask(
        self, method: str, path: str, query: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Response:
        from liaison.interop.fhir.wsgi import application

        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/fhir/{path}", "QUERY_STRING": query, "wsgi.url_scheme": "http",
            "HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": self.where, "wsgi.input": io.BytesIO(body),
        }  # fmt: skip
        if body:
            environ |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
        if self.bearer:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.bearer}"
        environ |= headers or {}
        told: list[Any] = []
        body_out = b"".join(application(environ, lambda status, given: told.extend((status, given))))
        return Response(int(told[0].split()[0]), dict(told[1]), body_out)

    def follow(self, path: str, query: Any) -> Iterator[Response]:
        """A search and all its further pages."""
        page = self.get(path, query)
        yield page
        while links := [link["url"] for link in page.json["link"] if link["relation"] == "next"]:
            page = self.get(path, urlsplit(links[0]).query)
            assert page.status == 200
            yield page


def one(reader: Client, kind: str) -> dict[str, Any]:
    """Some resource of a type."""
    found = reader.get(kind, {"_count": 1}).json
    assert found.get("entry"), f"the clinic has no {kind}"
    resource: dict[str, Any] = found["entry"][0]["resource"]
    return resource
