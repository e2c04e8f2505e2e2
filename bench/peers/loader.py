"""PyTorch's side of the benchmark `loader`: a DataLoader with PIL's decoding, a crop, flips and an elastic deformation.

usage: loader.py '{"set": "isbi", "images": …, "masks": …, "augmentation": "flips", "workers": 1, "batchSize": 8, …}'
In the protocol of worker.py. The elastic field is the U-Net paper's: displacements on a 3x3 grid, enlarged bicubically; torch
samples by it, bilinearly for images and to the nearest pixel for masks.
"""

import json
import os
import sys
import time
from pathlib import Path


def say(value):
    print(json.dumps(value), flush=True)


try:
    import numpy as np
    import torch
    from PIL import Image
    from torch.nn import functional
    from torch.utils.data import DataLoader, Dataset
except ImportError as error:
    say({"skipped": str(error), "missing": True})
    sys.exit()

SIZE = 256


def crop(image, mask):
    top = int(torch.randint(image.shape[0] - SIZE + 1, ()))
    left = int(torch.randint(image.shape[1] - SIZE + 1, ()))
    box = slice(top, top + SIZE), slice(left, left + SIZE)
    return image[box], mask[box]


def flip(image, mask):
    for axis in range(2):
        if torch.rand(()) < 0.5:
            image, mask = np.flip(image, axis), np.flip(mask, axis)
    return image, mask


def elastic(image, mask):
    """`image` float32 [channels, size, size], `mask` int64 [size, size]."""
    grid = torch.randn(1, 2, 3, 3) * 10
    field = functional.interpolate(grid, size=(SIZE, SIZE), mode="bicubic", align_corners=True)[0]
    line = torch.arange(SIZE, dtype=torch.float32)
    y, x = line[:, None] + field[0], line[None, :] + field[1]
    at = torch.stack([x, y], dim=-1)[None] * 2 / (SIZE - 1) - 1
    options = {"padding_mode": "reflection", "align_corners": True}
    image = functional.grid_sample(image[None], at, mode="bilinear", **options)[0]
    moved = functional.grid_sample(mask[None, None].float(), at, mode="nearest", **options)
    return image, moved[0, 0].long()


class Folder(Dataset):
    def __init__(self, told):
        masks = {path.stem: path for path in Path(told["masks"]).iterdir()}
        images = sorted(path for path in Path(told["images"]).iterdir() if path.stem in masks)
        self.pairs = [(path, masks[path.stem]) for path in images[: told["count"]]]
        self.elastic = told["augmentation"] == "elastic"

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        image, mask = (np.asarray(Image.open(path)) for path in self.pairs[index])
        image, mask = flip(*crop(image, mask))
        image = image[None] if image.ndim == 2 else image.transpose(2, 0, 1)
        image = torch.from_numpy(np.ascontiguousarray(image)).float() / 255
        mask = torch.from_numpy(mask.astype(np.int64))
        return elastic(image, mask) if self.elastic else (image, mask)


def processor_seconds(loader):
    """Of this process and of the workers, which outlive an epoch."""
    seconds = time.process_time()
    for worker in getattr(loader._iterator, "_workers", []):
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def main():
    told = json.loads(sys.argv[1])
    dataset = Folder(told)
    order = [i % len(dataset) for i in range(told["batches"] * told["batchSize"])]
    workers = told["workers"]
    options = {"persistent_workers": True, "prefetch_factor": 2} if workers > 0 else {}
    loader = DataLoader(dataset, told["batchSize"], sampler=order, num_workers=workers, **options)

    def step():
        start, before, images = time.perf_counter(), processor_seconds(loader), 0
        for image, _ in loader:
            images += len(image)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "cpuSeconds": processor_seconds(loader) - before, "value": images}

    for _ in range(told["warmUp"]):
        step()
    say({"torch": torch.__version__})
    for line in sys.stdin:
        if line.strip() == "step":
            say(step())


main()
