"""A photograph keeps itself and its turn, and nothing of where and when it was taken."""

import struct
import zlib

import pytest

from liaison.kernel.pictures import NoPicture, bare, turn_of

HERE = b"GPS 39.7817 N 89.6501 W 2026:03:02"


def tiff(turn: int, order: str = ">") -> bytes:
    """Exif as a camera writes it: its name, the turn, and a place."""
    head = (b"MM\x00*" if order == ">" else b"II*\x00") + struct.pack(f"{order}I", 8)
    entries = [(0x010F, 2, len(HERE), 0), (0x0112, 3, 1, turn)]
    rows = b"".join(
        struct.pack(f"{order}HHI", *one[:3])
        + (struct.pack(f"{order}HH", one[3], 0) if one[1] == 3 else struct.pack(f"{order}I", 38))
        for one in entries
    )
    return head + struct.pack(f"{order}H", len(entries)) + rows + struct.pack(f"{order}I", 0) + HERE


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


QUANTA, FRAME, CODES = segment(0xDB, bytes(65)), segment(0xC2, bytes(15)), segment(0xC4, b"\xff\xd9" + bytes(15))
SCAN = segment(0xDA, bytes(10)) + b"\x12\xff\x00\x34\xff\xd0\x56" + CODES + segment(0xDA, bytes(10)) + b"\x78\xff\xd9"
JFIF, ICC = segment(0xE0, b"JFIF\x00" + bytes(9)), segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + b"colours")


def jpeg(turn: int, order: str = ">") -> bytes:
    exif = segment(0xE1, b"Exif\x00\x00" + tiff(turn, order))
    told = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + HERE) + segment(0xED, HERE) + segment(0xFE, HERE)
    more = segment(0xE2, b"MPF\x00" + HERE)
    return b"\xff\xd8" + JFIF + exif + told + ICC + more + QUANTA + FRAME + CODES + SCAN + b"\xff\xd8 another " + HERE


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(turn: int) -> bytes:
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    line = zlib.compress(b"\x00\x00")
    parts = [(b"IHDR", head), (b"tEXt", HERE), (b"eXIf", tiff(turn)), (b"IDAT", line), (b"tIME", HERE), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def webp(turn: int) -> bytes:
    parts = [(b"VP8X", b"\x0c" + bytes(9)), (b"VP8 ", b"picture"), (b"EXIF", tiff(turn)), (b"XMP ", HERE)]
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(d)) + d + b"\x00" * (len(d) % 2) for k, d in parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
@pytest.mark.parametrize("made", [jpeg, png, webp, lambda turn: jpeg(turn, "<")])
def test_only_the_picture_and_its_turn_stay(made: object, turn: int) -> None:
    assert callable(made)
    before = made(turn)
    assert HERE in before
    after = bare(before)
    assert HERE not in after
    assert (turn_of(before), turn_of(after)) == (turn, turn)
    assert bare(after) == after


def test_the_picture_itself_stays_to_the_byte() -> None:
    assert bare(jpeg(1)) == b"\xff\xd8" + JFIF + ICC + QUANTA + FRAME + CODES + SCAN
    assert bare(jpeg(6)).endswith(JFIF + ICC + QUANTA + FRAME + CODES + SCAN)
    assert chunk(b"IDAT", zlib.compress(b"\x00\x00")) in bare(png(6))
    assert b"VP8 \x07\x00\x00\x00picture" in bare(webp(1))
    assert bare(webp(1))[20] == 0


@pytest.mark.parametrize("made", [jpeg, png, webp])
def test_a_part_of_a_picture_is_none(made: object) -> None:
    assert callable(made)
    whole = made(6)
    for size in range(3, len(bare(whole)) - 40, 7):
        with pytest.raises(NoPicture):
            bare(whole[:size])


def test_something_else_is_no_picture() -> None:
    for body in (b"", b"GIF89a", b"\xff\xd8", b"%PDF-1.7"):
        with pytest.raises(NoPicture):
            bare(body)
