"""A photograph is kept upright, and nothing of where, when and with what it was taken."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, PngImagePlugin

from liaison.kernel.pictures import NoPicture, bare

pytestmark = pytest.mark.engine

HERE = b"GPS 39.7817 N 89.6501 W 2026:03:02"
COLOURS = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SIZE = 96, 64
# Where the corner that the camera wrote first is seen, by how it was held (Exif 2.3, 4.6.4 A)
CORNERS = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
           5: "top left", 6: "top right", 7: "bottom right", 8: "bottom left"}  # fmt: skip


def photograph(kind: str = "JPEG", turn: int = 1, ground: str = "white") -> bytes:
    """A picture with a red corner as a camera writes it: place, time, maker, and words in every other way there is."""
    picture = Image.new("RGB", SIZE, ground)
    ImageDraw.Draw(picture).rectangle((0, 0, 31, 31), fill="red")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    exif[ExifTags.Base.Make] = exif[ExifTags.Base.DateTime] = HERE.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = HERE.decode()
    more: dict[str, object] = {"exif": exif, "icc_profile": COLOURS}
    if kind == "JPEG":
        apps = b"".join(bytes((0xFF, app)) + struct.pack(">H", len(HERE) + 2) + HERE for app in (0xE5, 0xED))
        more |= {"comment": HERE, "xmp": HERE, "extra": apps, "progressive": True}
    elif kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", HERE)
        words.add_text("Place", HERE, zip=True)
        words.add_itxt("XML:com.adobe.xmp", HERE.decode())
        words.add(b"tIME", struct.pack(">HBBBBB", 2026, 3, 2, 8, 0, 0))
        more |= {"pnginfo": words}
    else:
        more |= {"xmp": HERE, "lossless": True}
    out = BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue() + HERE


def opened(body: bytes) -> Image.Image:
    picture = Image.open(BytesIO(body))
    picture.load()
    return picture


def red_corner(picture: Image.Image) -> str:
    """The corner of a picture that is red."""
    width, height = picture.size
    at = {"top left": (8, 8), "top right": (width - 8, 8), "bottom left": (8, height - 8)}
    at["bottom right"] = (width - 8, height - 8)
    flat = picture.convert("RGB")
    red = [name for name, point in at.items() if flat.getpixel(point)[1] < 60]
    assert len(red) == 1
    return red[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", CORNERS)
def test_a_picture_stands_upright_however_the_camera_was_held(kind: str, turn: int) -> None:
    kept = opened(bare(photograph(kind, turn)).body)
    assert (kept.size, red_corner(kept)) == (SIZE if turn < 5 else SIZE[::-1], CORNERS[turn])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", [1, 6])
def test_nothing_but_the_picture_and_its_colours_is_kept(kind: str, turn: int) -> None:
    before = photograph(kind, turn)
    assert HERE in before
    assert opened(before).getexif()
    kept = bare(before)
    after = opened(kept.body)
    assert (kept.media_type, after.format) == (f"image/{kind.lower()}", kind)
    assert HERE not in kept.body
    assert not after.getexif()
    told = set(after.info) - {"icc_profile", "jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert told <= {"loop", "background", "timestamp", "duration"}  # of every WebP
    assert after.info["icc_profile"] == COLOURS


def test_of_several_pictures_in_a_file_the_first_is_kept() -> None:
    out = BytesIO()
    pages = [opened(photograph()), opened(photograph(ground="navy"))]
    pages[0].save(out, "MPO", save_all=True, append_images=pages[1:])
    kept = bare(out.getvalue())
    after = opened(kept.body)
    assert (kept.media_type, after.format, red_corner(after)) == ("image/jpeg", "JPEG", "top left")


def test_what_is_clear_in_a_picture_of_few_colours_stays_clear() -> None:
    out = BytesIO()
    opened(photograph("PNG", 6)).quantize(4).save(out, "PNG", transparency=0)
    after = opened(bare(out.getvalue()).body)
    assert (after.mode, after.info["transparency"]) == ("P", 0)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_small_print_in_colours_stays_sharp(kind: str) -> None:
    card = Image.new("RGB", (320, 120), "white")
    draw = ImageDraw.Draw(card)
    for line, ink in enumerate(("red", "navy", "green", "black")):
        draw.text((6, 6 + 26 * line), "Member ID 80840 W 123 456 789 Rx BIN 610020", fill=ink)
    out = BytesIO()
    card.save(out, kind, quality=95, subsampling="4:4:4")
    before, after = opened(out.getvalue()).convert("RGB"), opened(bare(out.getvalue()).body).convert("RGB")
    assert max(most for _, most in ImageChops.difference(before, after).getextrema()) < 64


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_part_of_a_picture_is_refused_in_a_sentence(kind: str) -> None:
    whole = photograph(kind, 6).removesuffix(HERE)
    for size in range(3, len(whole) - 40, 7):
        with pytest.raises(NoPicture, match=r"^(The picture is damaged, or|This file is no JPEG, PNG or WebP)"):
            bare(whole[:size])


@pytest.mark.parametrize("side", [7_100, 60_000, 2**31 - 1])
def test_a_small_file_that_claims_a_huge_picture_is_refused_unread(side: int) -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1_000))
    chunks = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, data))
    with pytest.raises(NoPicture, match="more than 50 million points"):
        bare(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_something_else_is_no_picture() -> None:
    gif = BytesIO()
    Image.new("RGB", SIZE).save(gif, "GIF")
    for body in (b"", b"\xff\xd8", b"%PDF-1.7", b"<svg onload=alert(1)>", gif.getvalue()):
        with pytest.raises(NoPicture, match="no JPEG, PNG or WebP picture"):
            bare(body)
