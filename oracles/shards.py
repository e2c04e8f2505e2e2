"""Makes oracles/fixtures/shards: tar shards by webdataset's own ShardWriter and by tarfile, and the pixels that went in.

Run: pip install webdataset pillow numpy; python3 oracles/shards.py
"""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import webdataset
from PIL import Image

here = Path(__file__).parent / "fixtures" / "shards"
here.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(5)


def png(array):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "PNG")
    return stream.getvalue()


def jpeg(array):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "JPEG", quality=95)
    return stream.getvalue()


expected = []


def sample(key):
    height, width = random.integers(3, 8, 2)
    image = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = random.integers(0, 3, (height, width), dtype=np.uint8)
    mask[0, 0] = 255
    expected.append({
        "id": key, "height": int(height), "width": int(width),
        "image": image.ravel().tolist(), "mask": mask.ravel().tolist(),
    })
    return image, mask


with webdataset.ShardWriter(str(here / "written-%02d.tar"), maxcount=3, verbose=0, mtime=0) as writer:
    for index in range(5):
        image, mask = sample(f"{index:06d}")
        writer.write({
            "__key__": f"{index:06d}", "image.png": png(image), "seg.png": png(mask), "cls": index,
            "json": {"index": index},
        })


def add(archive, name, data, kind=tarfile.REGTYPE):
    info = tarfile.TarInfo(name)
    info.size, info.type = len(data), kind
    archive.addfile(info, io.BytesIO(data))


for form, label in [(tarfile.PAX_FORMAT, "pax"), (tarfile.GNU_FORMAT, "gnu")]:
    with tarfile.open(here / f"names-{label}.tar", "w", format=form) as archive:
        long = "scene ü/" + "l" * 140
        add(archive, "scene ü", b"", tarfile.DIRTYPE)
        for key in [long, "scene ü/b"]:
            image, mask = sample(key)
            add(archive, f"{key}.image.png", png(image))
            add(archive, f"{key}.PNG", png(mask))
        add(archive, "README", b"no dot, no sample")
        add(archive, ".hidden.png", b"no sample")

with tarfile.open(here / "photos.tar", "w") as archive:
    smooth = np.linspace(0, 255, 12 * 16 * 3).reshape(12, 16, 3).astype(np.uint8)
    add(archive, "p.jpg", jpeg(smooth))
    add(archive, "p.png", png((smooth[..., 0] > 100).astype(np.uint8)))

# Without the padding to whole records, but with the two blocks that mark the end.
for path in here.glob("*.tar"):
    data = path.read_bytes().rstrip(b"\0")
    path.write_bytes(data + bytes(-len(data) % 512 + 1024))
(here / "expected.json").write_text(json.dumps(expected) + "\n")
