"""Takes pictures: a page in a window of its size and look, written as a small PNG."""

import struct
import sys
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Error, StorageState

from scripts.pictures.ways import Way, sign_in

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
COLOURS = 256


@dataclass(frozen=True)
class Picture:
    """A page to photograph: its name, who looks (nobody: not signed in), and how to get there."""

    name: str
    who: str
    go: Way
    width: int = 1280
    look: Literal["light", "dark"] = "light"

    @property
    def file(self) -> str:
        return f"{self.name}-{self.width}-{self.look}.png"

    @property
    def height(self) -> int:
        return 844 if self.width < 600 else 860


def take(browser: Browser, url: str, pictures: list[Picture]) -> int:
    """Take the pictures; gives how many could not be taken."""
    states: dict[str, StorageState] = {}
    missed = 0
    for one in pictures:
        if one.who and one.who not in states:
            states[one.who] = signed_in(browser, url, one.who)
        context = browser.new_context(
            viewport={"width": one.width, "height": one.height},
            color_scheme=one.look,
            locale="en-US",
            storage_state=states.get(one.who),
        )
        page = context.new_page()
        try:
            one.go(page, url)
            page.mouse.move(0, 0)
            small(browser, page.screenshot(animations="disabled"), FOLDER / one.file)
            print(f"{one.file}  {(FOLDER / one.file).stat().st_size // 1000} kB")
        except Error as problem:
            missed += 1
            print(f"{one.file}  not taken: {str(problem).splitlines()[0]}", file=sys.stderr)
        finally:
            context.close()
    return missed


def signed_in(browser: Browser, url: str, who: str) -> StorageState:
    """The cookies of somebody signed in."""
    context = browser.new_context()
    sign_in(context.new_page(), url, who)
    state = context.storage_state()
    context.close()
    return state


_PALETTE = """async ([picture, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
  const colour = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  const counts = new Map();
  for (let i = 0; i < pixels.length; i += 4) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
  const palette = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, most);
  const nearest = new Map(palette.map((one, index) => [one, index]));
  const away = (a, b, bits) => ((a >> bits & 255) - (b >> bits & 255)) ** 2;
  const far = (a, b) => away(a, b, 16) + away(a, b, 8) + away(a, b, 0);
  const find = (one) => {
    let best = 0;
    for (let i = 1; i < palette.length; i++) if (far(palette[i], one) < far(palette[best], one)) best = i;
    nearest.set(one, best);
    return best;
  };
  let text = "";
  for (let i = 0; i < pixels.length; i += 4) text += String.fromCharCode(nearest.get(colour(i)) ?? find(colour(i)));
  return [image.width, image.height, palette, btoa(text)];
}"""


def small(browser: Browser, picture: bytes, path: Path) -> None:
    """Write a picture as a PNG of 256 colours, the commonest kept exact: a third of the size, to the eye the same."""
    page = browser.new_page()
    width, height, palette, pixels = page.evaluate(_PALETTE, [b64encode(picture).decode(), COLOURS])
    page.close()
    raw = b64decode(pixels)
    rows = b"".join(b"\x00" + raw[y * width : (y + 1) * width] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = b"".join(one.to_bytes(3, "big") for one in palette)
    parts = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
