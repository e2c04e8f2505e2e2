#!/usr/bin/env python3
"""What the ISBI 2012 example's recipe gives in PyTorch, with its seed-to-seed spread.

Trains a base-16 same-padding U-Net on slices 00-23 of ISBI 2012 and measures it on slices 24-29 after
50, 100, 200 and 300 steps, once per seed, then writes `isbi2012_recipe.json` beside this file: per
seed and per checkpoint the scores, and their mean, sample standard deviation, minimum and maximum.
The example is compared with these figures; nothing here is run by the tests.

    python3 oracles/isbi2012_recipe.py                         # 6 seeds, PyTorch's default initialisation
    python3 oracles/isbi2012_recipe.py --init he               # convolutions from N(0, sqrt(2 / fan_in))
    python3 oracles/isbi2012_recipe.py --no-normalise          # images in [0, 1] only
    python3 oracles/isbi2012_recipe.py --diagnose              # the batch-norm figures too
    python3 oracles/isbi2012_recipe.py --table                 # print the stored results, train nothing

Seeds already in the JSON are kept (--again repeats them), so runs can be interrupted and extended.
Needs torch, numpy and pillow. The data folder is $SEGKIT_DATA, else ../shared/data beside the repository.

Batch-norm figures (--diagnose), all with the weights of the checkpoint:
  running     eval mode, running statistics with momentum 0.1: the figure that counts
  recalibrated  eval mode, statistics averaged with equal weight over 24 fresh training batches
  slice       each held-out slice normalised by its own statistics
and, at step 50 and 200, `jitter`: running and slice over the steps from two before to two after, and
at step 50 `redraw`: running statistics relearned (momentum 0.1) from 60 other training batches, scored
after 30, 40, 50 and 60 of them: the weights stand still, so what varies is the statistics' own noise.
"""
import argparse, json, os, statistics, time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SEGKIT_DATA", HERE.parent.parent / "shared" / "data")) / "isbi2012_em"
RESULT = HERE / "isbi2012_recipe.json"
TRAIN, HELD_OUT = range(0, 24), range(24, 30)
CHECKPOINTS, JITTER_AT, REDRAW_AT = (50, 100, 200, 300), (50, 200), 50
CROP, BATCH, BASE, RATE = 256, 2, 16, 1e-3
RECIPE = {
    "data": "ISBI 2012 EM, 512x512 gray, 0 membrane -> class 0, 255 cell -> class 1",
    "train": "slices 00-23", "heldOut": "slices 24-29, whole, one confusion matrix over all six",
    "net": "U-Net, same padding, widths 16-32-64-128-256, 2x(conv3x3 without bias, BN, ReLU) per level, maxpool 2, "
           "ConvTranspose2d k2 s2, concat [skip, up], conv1x1 head to 2 classes",
    "input": "image / 255, then (x - mean) / std of the training slices (not in the raw condition)",
    "batch": "2 crops 256x256 from 2 slices of an epoch-wise shuffle, last partial batch dropped",
    "augmentation": "horizontal flip p 0.5, vertical flip p 0.5, uniform quarter turn",
    "loss": "cross entropy", "optimiser": "Adam, learning rate 1e-3, betas 0.9 0.999, eps 1e-8",
    "batchNorm": "momentum 0.1, eps 1e-5",
}


class DoubleConv(nn.Sequential):
    def __init__(self, cin, cout):
        super().__init__(
            nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(True),
            nn.Conv2d(cout, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(True))


class UNet(nn.Module):
    def __init__(self, channels=1, classes=2, base=BASE):
        super().__init__()
        widths = [base * 2**i for i in range(5)]
        self.downs = nn.ModuleList(DoubleConv(a, b) for a, b in zip([channels] + widths[:3], widths[:4]))
        self.center = DoubleConv(widths[3], widths[4])
        self.ups = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, 2) for w in reversed(widths[:4]))
        self.convs = nn.ModuleList(DoubleConv(2 * w, w) for w in reversed(widths[:4]))
        self.head = nn.Conv2d(base, classes, 1)

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.center(x)
        for up, conv, skip in zip(self.ups, self.convs, reversed(skips)):
            x = conv(torch.cat([skip, up(x)], 1))
        return self.head(x)


def he_init(model):
    """N(0, sqrt(2 / fan_in)), zero biases; with k2 s2 one input pixel reaches each output: fan_in = channels in."""
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            window = layer.weight[0, 0].numel() if isinstance(layer, nn.Conv2d) else 1
            nn.init.normal_(layer.weight, 0.0, (2 / (layer.in_channels * window)) ** 0.5)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def load():
    images = np.stack([np.asarray(Image.open(DATA / "images" / f"{i:02}.png")) for i in range(30)])
    masks = np.stack([np.asarray(Image.open(DATA / "masks" / f"{i:02}.png")) for i in range(30)])
    assert images.shape == masks.shape == (30, 512, 512) and images.dtype == np.uint8, images.shape
    assert set(np.unique(masks)) == {0, 255}, np.unique(masks)
    return images.astype(np.float32) / 255, (masks == 255).astype(np.int64)


class Crops:
    """Endless augmented batches [2, 1, 256, 256] and labels [2, 256, 256]; the same seed gives the same ones."""

    def __init__(self, images, labels, seed):
        self.images, self.labels, self.rng, self.queue = images, labels, np.random.default_rng(seed), []

    def one(self, index):
        top, left = self.rng.integers(0, self.images.shape[1] - CROP + 1, 2)
        image = self.images[index, top:top + CROP, left:left + CROP]
        label = self.labels[index, top:top + CROP, left:left + CROP]
        for axis in (1, 0):
            if self.rng.random() < 0.5:
                image, label = np.flip(image, axis), np.flip(label, axis)
        turns = self.rng.integers(0, 4)
        return np.rot90(image, turns), np.rot90(label, turns)

    def next(self):
        if len(self.queue) < BATCH:
            self.queue = list(self.rng.permutation(TRAIN))
        pairs = [self.one(self.queue.pop()) for _ in range(BATCH)]
        images, labels = (np.stack(part) for part in zip(*pairs))
        return torch.from_numpy(images[:, None].copy()), torch.from_numpy(labels.copy())


def scores(matrix):
    iou = matrix.diagonal() / (matrix.sum(0) + matrix.sum(1) - matrix.diagonal())
    return {"meanIoU": iou.mean(), "pixelAccuracy": matrix.trace() / matrix.sum(),
            "iouMembrane": iou[0], "iouCell": iou[1], "predictedMembrane": matrix[:, 0].sum() / matrix.sum()}


def confusion(labels, predicted):
    return np.bincount((labels * 2 + predicted).ravel(), minlength=4).reshape(2, 2).astype(np.float64)


def batch_norms(model):
    return [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]


@contextmanager
def kept_statistics(model):
    """Puts the running statistics, the momentum and train mode back when the block ends."""
    before = [(n, n.running_mean.clone(), n.running_var.clone(), n.num_batches_tracked.clone(), n.momentum)
              for n in batch_norms(model)]
    yield
    for norm, mean, var, count, momentum in before:
        norm.running_mean.copy_(mean), norm.running_var.copy_(var), norm.num_batches_tracked.copy_(count)
        norm.momentum = momentum
    model.train()


@torch.no_grad()
def evaluate(model, images, labels, per_slice=False):
    matrix = np.zeros((2, 2))
    with kept_statistics(model):
        model.train(per_slice)
        for i in HELD_OUT:
            predicted = model(torch.from_numpy(images[i][None, None])).argmax(1)[0].numpy()
            matrix += confusion(labels[i], predicted)
    return scores(matrix)


@torch.no_grad()
def recalibrated(model, images, labels, crops):
    with kept_statistics(model):
        for norm in batch_norms(model):
            norm.reset_running_stats()
            norm.momentum = None
        for _ in range(24):
            model(crops.next()[0])
        return evaluate(model, images, labels)


@torch.no_grad()
def redraw(model, images, labels, crops):
    found = []
    with kept_statistics(model):
        for batch in range(1, 61):
            model(crops.next()[0])
            if batch in (30, 40, 50, 60):
                found.append(evaluate(model, images, labels)["meanIoU"])
    return found


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(entry) for entry in value]
    return round(float(value), 5) if isinstance(value, (float, np.floating)) else value


def run_seed(seed, images, labels, init, diagnose, last):
    torch.manual_seed(seed)
    model = UNet()
    if init == "he":
        he_init(model)
    model.to(memory_format=torch.channels_last)  # a layout only: same arithmetic, about 1.6 times as fast
    crops, spare = Crops(images, labels, seed), Crops(images, labels, 10_000 + seed)
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    neighbours = {at + shift: at for at in JITTER_AT for shift in range(-2, 3)} if diagnose else {}
    losses, checkpoints, jitter, redrawn, seconds = [], {}, {}, None, 0.0
    begun = time.perf_counter()
    for step in range(1, last + 1):
        started = time.perf_counter()
        image, label = crops.next()
        loss = F.cross_entropy(model(image), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        seconds += time.perf_counter() - started
        if step not in CHECKPOINTS and step not in neighbours:
            continue
        running = evaluate(model, images, labels)
        per_slice = evaluate(model, images, labels, per_slice=True) if diagnose else None
        if step in CHECKPOINTS:
            checkpoints[str(step)] = {**running, "lossLast10": float(np.mean(losses[-10:]))}
            if diagnose:
                checkpoints[str(step)]["meanIoURecalibrated"] = recalibrated(model, images, labels, spare)["meanIoU"]
                checkpoints[str(step)]["meanIoUSlice"] = per_slice["meanIoU"]
            print(f"  seed {seed} step {step}: " + " ".join(
                f"{k} {v:.4f}" for k, v in checkpoints[str(step)].items()), flush=True)
        if step in neighbours:
            entry = jitter.setdefault(str(neighbours[step]), {"running": [], "slice": []})
            entry["running"].append(running["meanIoU"])
            entry["slice"].append(per_slice["meanIoU"])
        if diagnose and step == REDRAW_AT:
            redrawn = redraw(model, images, labels, spare)
    result = {"checkpoints": checkpoints, "secondsPerStep": seconds / last,
              "minutes": (time.perf_counter() - begun) / 60}
    if diagnose:
        result |= {"jitterMeanIoU": jitter, "redrawMeanIoU": redrawn}
    return rounded(result)


def summary(seeds):
    steps = sorted({step for seed in seeds.values() for step in seed["checkpoints"]}, key=int)
    found = {}
    for step in steps:
        rows = [seed["checkpoints"][step] for seed in seeds.values() if step in seed["checkpoints"]]
        found[step] = {}
        for key in rows[0]:
            values = [row[key] for row in rows if key in row]
            found[step][key] = {"mean": statistics.mean(values), "min": min(values), "max": max(values),
                                "std": statistics.stdev(values) if len(values) > 1 else 0.0, "n": len(values)}
    return rounded(found)


def statistics_noise(seeds):
    """Mean IoU's standard deviation within a seed (root mean square over seeds) and its widest range in one seed."""
    seeds = [seed for seed in seeds.values() if "redrawMeanIoU" in seed]
    if not seeds:
        return None
    series = {f"{kind} {int(at) - 2}-{int(at) + 2}": [seed["jitterMeanIoU"][at][kind] for seed in seeds]
              for at in seeds[0]["jitterMeanIoU"] for kind in ("running", "slice")}
    series[f"redraw {REDRAW_AT}"] = [seed["redrawMeanIoU"] for seed in seeds]
    return rounded({name: {"std": statistics.mean(map(statistics.variance, rows)) ** 0.5,
                           "widestRange": max(max(row) - min(row) for row in rows)} for name, rows in series.items()})


def baselines(images, labels):
    """What no network at all gives: every pixel cell, and the gray threshold that is best on the training slices."""
    truth = labels[list(HELD_OUT)]
    gray = np.rint(images * 255).astype(np.int64)
    train, held = gray[list(TRAIN)], gray[list(HELD_OUT)]
    counts = np.bincount((labels[list(TRAIN)] * 256 + train).ravel(), minlength=512).reshape(2, 256).cumsum(1)
    tables = [np.array([[low[0], counts[0, -1] - low[0]], [low[1], counts[1, -1] - low[1]]], np.float64)
              for low in counts.T[:-1]]
    best = max(range(255), key=lambda t: scores(tables[t])["meanIoU"])
    return rounded({"allCell": scores(confusion(truth, np.ones_like(truth))),
                    "threshold": {"cellAbove": best, **scores(confusion(truth, (held > best).astype(np.int64)))}})


def table(stored):
    for name, condition in stored["conditions"].items():
        if condition.get("noise"):
            print(f"\n{name}: mean IoU within a seed")
            for kind, value in condition["noise"].items():
                print(f"  {kind:<18} std {value['std']:.4f}, widest range {value['widestRange']:.4f}")
        print(f"\n{name}: {len(condition['seeds'])} seed(s)")
        print(f"{'step':>5} {'score':<20} {'mean':>7} {'std':>7} {'min':>7} {'max':>7}   per seed")
        for step, keys in condition["summary"].items():
            for key, value in keys.items():
                each = " ".join(f"{seed['checkpoints'][step][key]:.4f}" for seed in condition["seeds"].values()
                                if key in seed["checkpoints"].get(step, {}))
                print(f"{step:>5} {key:<20} {value['mean']:7.4f} {value['std']:7.4f} {value['min']:7.4f} "
                      f"{value['max']:7.4f}   {each}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4, 5])
    parser.add_argument("--init", choices=("torch", "he"), default="torch")
    parser.add_argument("--no-normalise", dest="normalise", action="store_false")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--diagnose", action="store_true", help="also the batch-norm figures")
    parser.add_argument("--again", action="store_true", help="repeat seeds that the JSON already has")
    parser.add_argument("--table", action="store_true", help="print the stored results only")
    options = parser.parse_args()
    stored = json.loads(RESULT.read_text()) if RESULT.exists() else {"conditions": {}}
    if options.table:
        return table(stored)
    torch.set_num_threads(options.threads)
    images, labels = load()
    mean, std = (float(f(images[list(TRAIN)].astype(np.float64))) for f in (np.mean, np.std))
    stored = {"recipe": RECIPE, "torch": torch.__version__, "threads": options.threads,
              "parameters": sum(p.numel() for p in UNet().parameters()), "trainMean": round(mean, 6),
              "trainStd": round(std, 6), "withoutTraining": baselines(images, labels),
              "conditions": stored["conditions"]}
    if options.normalise:
        images = ((images - mean) / std).astype(np.float32)
    name = f"init {options.init}, {'normalised' if options.normalise else 'raw'}"
    condition = stored["conditions"].setdefault(name, {"seeds": {}, "summary": {}})
    for seed in options.seeds:
        if str(seed) in condition["seeds"] and not options.again:
            continue
        condition["seeds"][str(seed)] = run_seed(seed, images, labels, options.init, options.diagnose, options.steps)
        condition["summary"] = summary(condition["seeds"])
        condition["noise"] = statistics_noise(condition["seeds"])
        RESULT.write_text(json.dumps(stored, indent=1) + "\n")
        print(f"{name}: seed {seed} done in {condition['seeds'][str(seed)]['minutes']:.1f} min", flush=True)
    table(stored)


if __name__ == "__main__":
    main()
