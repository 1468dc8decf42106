"""Photographs without what they tell beside the picture: when and where they were taken, with what, by whom.

A camera says in the file how it was held, and a picture whose turn is taken off lies on its side: the turn alone is
kept, as the only entry of a new Exif block, by which every browser shows it upright. The picture itself stays as it
was taken, to the byte. JPEG (ITU-T T.81, Exif 2.3), PNG (third edition) and WebP (RFC 9649).
"""

import struct
import zlib
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF = b"Exif\x00\x00"
# What a JPEG is shown by: JFIF (APP0), the colour profile (APP2) and how colours are coded (APP14)
_KEPT_APPS = (0xE0, 0xE2, 0xEE)
_TOLD_IN_PNG = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")
_ORIENTATION = 0x0112


class NoPicture(ValueError):
    """The file is no picture of a kind that is known, or only a part of one."""


def bare(body: bytes) -> bytes:
    """The picture with nothing but itself and its turn. Raises NoPicture."""
    try:
        if body.startswith(b"\xff\xd8\xff"):
            return _bare_jpeg(body)
        if body.startswith(_PNG):
            return _bare_png(body)
        if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
            return _bare_webp(body)
    except (struct.error, IndexError):
        raise NoPicture("The picture ends too early.") from None
    raise NoPicture("The file is no JPEG, PNG or WebP picture.")


def turn_of(body: bytes) -> int:
    """How the camera was held, by Exif: 1 upright, 3 on its head, 6 and 8 on a side, others mirrored."""
    if body.startswith(b"\xff\xd8\xff"):
        blocks = (data for marker, data, _ in _segments(body) if marker == 0xE1 and data.startswith(_EXIF))
        return _orientation(next(blocks, b"")[len(_EXIF) :])
    if body.startswith(_PNG):
        return _orientation(next((data for kind, data in _chunks_of_png(body) if kind == b"eXIf"), b""))
    return _orientation(next((data for kind, data in _chunks_of_webp(body) if kind == b"EXIF"), b""))


def _orientation(tiff: bytes) -> int:
    """The entry of the first directory; 1 where there is none, or what is no turn."""
    tiff = tiff.removeprefix(_EXIF)
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 1


def _turned(turn: int) -> bytes:
    """A TIFF block that holds the turn alone."""
    return b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turn, 0, 0)


def _segments(body: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The segments of a JPEG up to the scan: marker, data, and where it ends."""
    at = 2
    while True:
        if body[at] != 0xFF:
            raise NoPicture("The picture is damaged.")
        marker = body[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        (length,) = struct.unpack_from(">H", body, at + 2)
        if length < 2 or at + 2 + length > len(body):
            raise NoPicture("The picture ends too early.")
        yield marker, body[at + 4 : at + 2 + length], at + 2 + length
        if marker == 0xDA:
            return
        at += 2 + length


def _bare_jpeg(body: bytes) -> bytes:
    turn = turn_of(body)
    exif = _EXIF + _turned(turn)
    out = [b"\xff\xd8"]
    if turn != 1:
        out.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    scan = len(body)
    for marker, data, end in _segments(body):
        told = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _KEPT_APPS)
        if not told and not (marker == 0xE2 and not data.startswith(b"ICC_PROFILE\x00")):
            out.append(bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data)
        scan = end
    return b"".join(out) + body[scan : _end_of(body, scan)]


def _end_of(body: bytes, at: int) -> int:
    """Behind the end of the picture whose scan begins there. What a camera puts behind it has facts of its own."""
    while (at := body.find(b"\xff", at)) >= 0:
        marker = body[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
        elif marker == 0x00 or 0xD0 <= marker <= 0xD7:  # data, or where it may be taken up again
            at += 2
        else:  # tables and the head of a further scan
            at += 2 + int(struct.unpack_from(">H", body, at + 2)[0])
    raise NoPicture("The picture ends too early.")


def _chunks_of_png(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", body, at)
        kind = body[at + 4 : at + 8]
        if at + 12 + length > len(body):
            raise NoPicture("The picture ends too early.")
        yield kind, body[at + 8 : at + 8 + length]
        if kind == b"IEND":
            return
        at += 12 + length


def _bare_png(body: bytes) -> bytes:
    turn = turn_of(body)
    out = [_PNG]
    for kind, data in _chunks_of_png(body):
        if kind not in _TOLD_IN_PNG:
            out.append(_png_chunk(kind, data))
        if kind == b"IHDR" and turn != 1:
            out.append(_png_chunk(b"eXIf", _turned(turn)))
    return b"".join(out)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks_of_webp(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, min(len(body), 8 + struct.unpack_from("<I", body, 4)[0])
    while at < end:
        (length,) = struct.unpack_from("<I", body, at + 4)
        if at + 8 + length > len(body):
            raise NoPicture("The picture ends too early.")
        yield body[at : at + 4], body[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _bare_webp(body: bytes) -> bytes:
    turn = turn_of(body)
    chunks = [(kind, data) for kind, data in _chunks_of_webp(body) if kind not in (b"EXIF", b"XMP ")]
    if not chunks:
        raise NoPicture("The picture ends too early.")
    out = []
    for kind, data in chunks:
        if kind == b"VP8X":  # its flags tell of Exif (8) and XMP (4)
            data = bytes([data[0] & ~0x0C | (0x08 if turn != 1 else 0)]) + data[1:]
        out.append(_webp_chunk(kind, data))
    if turn != 1 and chunks[0][0] == b"VP8X":
        out.append(_webp_chunk(b"EXIF", _turned(turn)))
    whole = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _webp_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)
