"""Photographs as they are kept: upright, and without what they tell of when and where they were taken, and by whom."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 50_000_000  # of a telephone's camera; a small file can claim to hold many more
# How each kind is written: the small print of a card stays sharp, red on white too
_WRITTEN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "subsampling": "4:4:4"},
    "PNG": {},
    "WEBP": {"quality": 92},
}
# What a picture is shown by, of all that stands beside it
_SHOWN_BY = ("icc_profile", "transparency")
_TOO_LARGE = f"The picture has more than {MOST_PIXELS // 1_000_000} million points. Take it again in a smaller size."


class NoPicture(Exception):
    """The file is no picture that can be kept: a sentence says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its media type."""

    media_type: str
    body: bytes


def bare(body: bytes) -> Picture:
    """A JPEG, PNG or WebP picture turned upright, written anew in its own format, with its colour profile alone.

    Raises NoPicture.
    """
    try:
        with Image.open(BytesIO(body), formats=tuple(_WRITTEN)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture(_TOO_LARGE)
            # MPO: a JPEG with further pictures behind the first
            kind = "JPEG" if picture.format == "MPO" else str(picture.format)
            picture.load()
            picture.getexif()  # remembered by the picture, so that `info` need not tell how the camera was held
            picture.info = {name: picture.info[name] for name in _SHOWN_BY if name in picture.info}
            ImageOps.exif_transpose(picture, in_place=True)
            written = BytesIO()
            picture.save(written, kind, icc_profile=picture.info.get("icc_profile"), **_WRITTEN[kind])
    except UnidentifiedImageError:
        raise NoPicture("This file is no JPEG, PNG or WebP picture.") from None
    except Image.DecompressionBombError:
        raise NoPicture(_TOO_LARGE) from None
    except (OSError, SyntaxError, ValueError):
        raise NoPicture("The picture is damaged, or only a part of it came. Take it again.") from None
    return Picture(Image.MIME[kind], written.getvalue())
