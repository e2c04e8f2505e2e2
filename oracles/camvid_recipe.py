#!/usr/bin/env python3
"""What the CamVid example's recipe gives in PyTorch, with its seed-to-seed spread.

LinkNet (oracles/named_networks/linknet.py, written from the paper) on a ResNet-18 that starts from the ImageNet weights
of $SEGKIT_DATA/weights_resnet18, or from random ones. The recipe is that of examples/camvid/segkit.config.ts. Prints one
JSON object per seed: the scores on the test split, all 233 images whole, one confusion matrix.

    python3 oracles/camvid_recipe.py --seeds 0 1 2
    python3 oracles/camvid_recipe.py --seeds 0 1 2 --random

Needs torch, numpy and pillow. The data folder is $SEGKIT_DATA, else ../shared/data beside the repository.
"""
import argparse, json, os, time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from named_networks.linknet import LinkNet

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SEGKIT_DATA", HERE.parent.parent / "shared" / "data"))
WEIGHTS = DATA / "weights_resnet18" / "resnet18_pqf_imagenet_fp16.safetensors"
CLASSES, IGNORE, BATCH, RATE, POWER = 11, 11, 4, 5e-4, 0.9
CROP = (288, 384)
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def load(split):
    """Normalised images [n, 3, 360, 480] and labels [n, 360, 480]."""
    images, labels = [], []
    for path in sorted((DATA / "camvid" / split / "images").iterdir()):
        image = np.asarray(Image.open(path).convert("RGB"), np.float32) / 255
        images.append(((image - MEAN) / STD).transpose(2, 0, 1))
        labels.append(np.asarray(Image.open(DATA / "camvid" / split / "masks" / f"{path.stem}.png")).astype(np.int64))
    return np.stack(images), np.stack(labels)


def read_safetensors(path):
    """A header length, a JSON header of names, types, shapes and byte ranges, then the bytes."""
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header, body = json.loads(raw[8:8 + length]), raw[8 + length:]
    types = {"F16": np.float16, "F32": np.float32, "I64": np.int64}
    return {
        name: torch.from_numpy(np.frombuffer(body[slice(*entry["data_offsets"])], types[entry["dtype"]])
                               .reshape(entry["shape"]).copy()).float()
        for name, entry in header.items() if name != "__metadata__"
    }


def network(random):
    model = LinkNet(3, CLASSES)
    if random:
        for layer in model.backbone.modules():  # torchvision's first weights of its ResNets
            if isinstance(layer, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        return model
    own = model.backbone.state_dict()
    found = {name: value for name, value in read_safetensors(WEIGHTS).items() if name in own}
    assert set(own) - set(found) <= {name for name in own if name.endswith("num_batches_tracked")}
    model.backbone.load_state_dict(found, strict=False)
    return model


class Crops:
    """Endless batches: shuffled per epoch, the last of an epoch being smaller, random crops, half of them mirrored."""

    def __init__(self, images, labels, seed):
        self.images, self.labels, self.rng, self.queue = images, labels, np.random.default_rng(seed), []

    def one(self, index):
        height, width = CROP
        top, left = (self.rng.integers(0, have - want + 1) for have, want in zip(self.images.shape[2:], CROP))
        image = self.images[index, :, top:top + height, left:left + width]
        label = self.labels[index, top:top + height, left:left + width]
        if self.rng.random() < 0.5:
            image, label = image[:, :, ::-1], label[:, ::-1]
        return image, label

    def next(self):
        if not self.queue:
            self.queue = list(self.rng.permutation(len(self.images)))
        chosen, self.queue = self.queue[:BATCH], self.queue[BATCH:]
        images, labels = (np.stack(part) for part in zip(*map(self.one, chosen)))
        return torch.from_numpy(images), torch.from_numpy(labels)


@torch.no_grad()
def evaluate(model, images, labels):
    """Images of 360 rows are mirrored to 384, 12 on each side, and the logits cropped back."""
    model.eval()
    matrix = np.zeros((CLASSES, CLASSES))
    for image, label in zip(images, labels):
        padded = F.pad(torch.from_numpy(image[None]), (0, 0, 12, 12), mode="reflect")
        predicted = model(padded)[0, :, 12:-12].argmax(0).numpy()
        valid = label != IGNORE
        matrix += np.bincount(label[valid] * CLASSES + predicted[valid], minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    model.train()
    iou = matrix.diagonal() / (matrix.sum(0) + matrix.sum(1) - matrix.diagonal())
    return {"meanIoU": round(iou.mean(), 4), "pixelAccuracy": round(matrix.trace() / matrix.sum(), 4),
            "IoU": [round(value, 3) for value in iou]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--random", action="store_true", help="start the backbone from random weights")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train, test = load("train"), load("test")
    for seed in options.seeds:
        torch.manual_seed(seed)
        model = network(options.random).to(memory_format=torch.channels_last)
        crops = Crops(*train, seed)
        optimizer = torch.optim.Adam(model.parameters(), RATE)
        schedule = torch.optim.lr_scheduler.PolynomialLR(optimizer, options.steps, POWER)
        losses, start = [], time.perf_counter()
        for _ in range(options.steps):
            image, label = crops.next()
            loss = F.cross_entropy(model(image), label, ignore_index=IGNORE)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.perf_counter() - start
        print(json.dumps({"seed": seed, "weights": "random" if options.random else "imagenet", "steps": options.steps,
                          **evaluate(model, *test), "loss": round(float(np.mean(losses[-50:])), 4),
                          "secondsPerStep": round(seconds / options.steps, 3)}), flush=True)


if __name__ == "__main__":
    main()
