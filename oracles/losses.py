"""Values and gradients of every loss of @segkit/losses, by PyTorch autograd in float64.

Cross entropies come from torch.nn.functional; the overlap losses are written out here from their papers' formulas,
over the list of counted pixels, so that an ignored pixel cannot enter. Tensors are stored NHWC.

Run: python3 oracles/losses.py            (writes oracles/fixtures/losses.json; needs torch and numpy)
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

IGNORE = 255
SHAPE = (2, 5, 4)
OUT = Path(__file__).parent / "fixtures" / "losses.json"


def make_inputs():
    rng = np.random.default_rng(7)
    inputs = {}
    for classes, key in ((2, "two"), (3, "three")):
        labels = rng.integers(0, classes, SHAPE)
        ignored = labels.copy()
        ignored[rng.random(SHAPE) < 0.25] = IGNORE
        inputs[key] = {
            "classes": classes,
            "logits": rng.normal(0, 2, (*SHAPE, classes)).round(4),
            "binaryLogits": rng.normal(0, 2, (*SHAPE, 1)).round(4),
            "labels": labels,
            "ignoredLabels": ignored,
            "oneClassLabels": np.where(labels == 1, 0, labels),
            "weights": rng.uniform(0.2, 11, SHAPE).round(4),
        }
    return inputs


def pixels(logits, labels):
    """Counted pixels of a batch: logits [n, channels], labels [n], image index [n]."""
    keep = labels.reshape(-1) != IGNORE
    image = torch.arange(labels.shape[0]).repeat_interleave(labels[0].numel())
    return logits.reshape(-1, logits.shape[-1])[keep], labels.reshape(-1)[keep], image[keep]


def truth_of(labels, channels, classes):
    """Targets [n, channels]: one channel for two classes, else one per class."""
    wanted = torch.tensor([1] if channels == 1 and classes == 2 else list(range(classes)))
    return (labels[:, None] == wanted).double()


def flat(logits, labels, classes, activation):
    z, y, image = pixels(logits, labels)
    t = truth_of(y, z.shape[1], classes)
    p = torch.softmax(z, 1) if activation == "softmax" else torch.sigmoid(z)
    return z, y, t, p, image


def groups(p, t, image, per_image, batch):
    if not per_image:
        return [(p, t)]
    return [(p[image == i], t[image == i]) for i in range(batch)]


def ce(logits, labels, classes, class_weights=None, smoothing=0.0):
    weight = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float64)
    return F.cross_entropy(
        logits.permute(0, 3, 1, 2), labels, weight=weight, ignore_index=IGNORE, label_smoothing=smoothing
    )


def weighted_border_ce(logits, labels, classes, weights):
    losses = F.cross_entropy(logits.permute(0, 3, 1, 2), labels, ignore_index=IGNORE, reduction="none")
    return (weights * losses).sum() / (labels != IGNORE).sum()


def bce(logits, labels, classes, pos_weight=None):
    z, _, t, _, _ = flat(logits, labels, classes, "sigmoid")
    weight = None if pos_weight is None else torch.tensor(pos_weight, dtype=torch.float64)
    return F.binary_cross_entropy_with_logits(z, t, pos_weight=weight)


def overlap(score):
    def loss(logits, labels, classes, activation="softmax", per_image=False, **options):
        _, _, t, p, image = flat(logits, labels, classes, activation)
        parts = [score(a, b, **options) for a, b in groups(p, t, image, per_image, labels.shape[0])]
        return torch.stack(parts).mean()

    return loss


@overlap
def dice(p, t, smooth=1.0):
    return (1 - (2 * (p * t).sum(0) + smooth) / (p.sum(0) + t.sum(0) + smooth)).mean()


@overlap
def jaccard(p, t, smooth=1.0):
    inter = (p * t).sum(0)
    return (1 - (inter + smooth) / (p.sum(0) + t.sum(0) - inter + smooth)).mean()


@overlap
def tversky(p, t, alpha=0.3, beta=0.7, gamma=1.0, smooth=1.0):
    tp, fp, fn = (p * t).sum(0), (p * (1 - t)).sum(0), ((1 - p) * t).sum(0)
    index = (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)
    return ((1 - index) ** gamma).mean()


def bce_dice(logits, labels, classes, smooth=0.0):
    return bce(logits, labels, classes) + dice(logits, labels, classes, activation="sigmoid", smooth=smooth)


def bce_iou(logits, labels, classes):
    _, _, t, p, _ = flat(logits, labels, classes, "sigmoid")
    p, t = p.reshape(-1), t.reshape(-1)
    intersection = torch.sum(p * t) + 1e-7
    denominator = torch.sum(p + t) - intersection + 1e-7
    return F.binary_cross_entropy(p, t) - intersection / denominator + 1


def focal(logits, labels, classes, gamma=2.0, alpha=None, activation="softmax"):
    z, y, t, _, _ = flat(logits, labels, classes, activation)
    if activation == "softmax":
        nll = F.cross_entropy(z, y, reduction="none")
        weight = 1.0 if alpha is None else torch.tensor(alpha, dtype=torch.float64)[y]
    else:
        nll = F.binary_cross_entropy_with_logits(z, t, reduction="none")
        weight = 1.0 if alpha is None else alpha * t + (1 - alpha) * (1 - t)
    return (weight * (1 - torch.exp(-nll)) ** gamma * nll).mean()


def lovasz_row(errors, foreground):
    """The Lovasz extension as its definition says: sum of errors times the growth of the Jaccard loss."""
    order = torch.argsort(errors, descending=True)
    sorted_errors, sorted_foreground = errors[order], foreground[order].detach()
    total, previous, loss = foreground.sum(), 0.0, 0.0
    for i in range(len(order)):
        missed = sorted_foreground[: i + 1].sum()
        added = (i + 1) - missed
        jaccard_loss = 1 - (total - missed) / (total + added)
        loss = loss + sorted_errors[i] * (jaccard_loss - previous)
        previous = jaccard_loss
    return loss


def lovasz_softmax(logits, labels, classes, averaged="present", per_image=False):
    _, _, t, p, image = flat(logits, labels, classes, "softmax")
    means = []
    for part, truth in groups(p, t, image, per_image, labels.shape[0]):
        rows = [
            lovasz_row((truth[:, c] - part[:, c]).abs(), truth[:, c])
            for c in range(classes)
            if averaged == "all" or truth[:, c].any()
        ]
        means.append(torch.stack(rows).mean())
    return torch.stack(means).mean()


def weighted_sum(logits, labels, classes):
    return ce(logits, labels, classes) + 0.5 * dice(logits, labels, classes, smooth=0.0)


# (name, spec as a config has it, function, its options, inputs, which labels, which logits)
CASES = [
    ("ce", {}, ce, {}, "three", "labels"),
    ("ce", {}, ce, {}, "three", "ignoredLabels"),
    ("ce", {}, ce, {}, "two", "ignoredLabels"),
    ("ce", {"classWeights": [0.5, 2, 3.5]}, ce, {"class_weights": [0.5, 2, 3.5]}, "three", "ignoredLabels"),
    ("ce", {"labelSmoothing": 0.1}, ce, {"smoothing": 0.1}, "three", "ignoredLabels"),
    (
        "ce",
        {"labelSmoothing": 0.2, "classWeights": [0.5, 2, 3.5]},
        ce,
        {"smoothing": 0.2, "class_weights": [0.5, 2, 3.5]},
        "three",
        "ignoredLabels",
    ),
    ("weighted-border-ce", {}, weighted_border_ce, {"weights": True}, "two", "labels"),
    ("weighted-border-ce", {}, weighted_border_ce, {"weights": True}, "three", "ignoredLabels"),
    ("bce", {}, bce, {}, "two", "ignoredLabels"),
    ("bce", {"posWeight": 3}, bce, {"pos_weight": [3.0]}, "two", "ignoredLabels"),
    ("bce", {"posWeight": [0.5, 1, 4]}, bce, {"pos_weight": [0.5, 1, 4]}, "three", "ignoredLabels"),
    ("bce-iou", {}, bce_iou, {}, "two", "labels"),
    ("bce-iou", {}, bce_iou, {}, "two", "ignoredLabels"),
    ("bce-iou", {}, bce_iou, {}, "two", "oneClassLabels"),
    ("bce-iou", {}, bce_iou, {}, "three", "ignoredLabels"),
    ("bce-dice", {}, bce_dice, {}, "two", "ignoredLabels"),
    ("bce-dice", {"smooth": 1}, bce_dice, {"smooth": 1.0}, "two", "oneClassLabels"),
    ("bce-dice", {}, bce_dice, {}, "three", "ignoredLabels"),
    ("focal", {}, focal, {}, "three", "ignoredLabels"),
    ("focal", {"gamma": 0}, focal, {"gamma": 0.0}, "three", "ignoredLabels"),
    ("focal", {"gamma": 0.5}, focal, {"gamma": 0.5}, "three", "ignoredLabels"),
    (
        "focal",
        {"gamma": 1.5, "alpha": [0.2, 1, 3]},
        focal,
        {"gamma": 1.5, "alpha": [0.2, 1, 3]},
        "three",
        "ignoredLabels",
    ),
    (
        "focal",
        {"activation": "sigmoid", "alpha": 0.25},
        focal,
        {"activation": "sigmoid", "alpha": 0.25},
        "two",
        "ignoredLabels",
    ),
    ("focal", {"activation": "sigmoid"}, focal, {"activation": "sigmoid"}, "three", "ignoredLabels"),
    ("sum", {"losses": [{"loss": "ce"}, {"weight": 0.5, "loss": {"name": "dice", "smooth": 0}}]}, weighted_sum, {}, "three", "ignoredLabels"),
]
for name, function in (("dice", dice), ("jaccard", jaccard), ("tversky", tversky)):
    CASES += [
        (name, {}, function, {}, "three", "ignoredLabels"),
        (name, {}, function, {}, "three", "oneClassLabels"),
        (name, {"smooth": 0}, function, {"smooth": 0.0}, "two", "labels"),
        (name, {"perImage": True}, function, {"per_image": True}, "three", "ignoredLabels"),
        (name, {"activation": "sigmoid"}, function, {"activation": "sigmoid"}, "two", "ignoredLabels"),
        (name, {"activation": "sigmoid"}, function, {"activation": "sigmoid"}, "three", "ignoredLabels"),
    ]
focal_tversky = {"alpha": 0.7, "beta": 0.3, "gamma": 0.75}
CASES.append(("tversky", focal_tversky, tversky, focal_tversky, "three", "ignoredLabels"))
for averaged in ("present", "all"):
    for per_image in (False, True):
        for which in ("ignoredLabels", "oneClassLabels"):
            spec = {"classes": averaged, "perImage": per_image}
            options = {"averaged": averaged, "per_image": per_image}
            CASES.append(("lovasz-softmax", spec, lovasz_softmax, options, "three", which))

SIGMOID = {"bce", "bce-iou", "bce-dice"}


def main():
    inputs = make_inputs()
    cases = []
    for name, spec, function, options, key, which in CASES:
        given = inputs[key]
        sigmoid = name in SIGMOID or spec.get("activation") == "sigmoid"
        used = "binaryLogits" if sigmoid and given["classes"] == 2 else "logits"
        logits = torch.tensor(given[used], dtype=torch.float64, requires_grad=True)
        labels = torch.tensor(given[which])
        options = dict(options)
        if "weights" in options:
            options["weights"] = torch.tensor(given["weights"])
        value = function(logits, labels, given["classes"], **options)
        value.backward()
        cases.append(
            {
                "spec": {"name": name, **spec},
                "inputs": key,
                "labels": which,
                "logits": used,
                "value": float(f"{value.item():.9g}"),
                "gradient": [float(f"{g:.9g}") for g in logits.grad.reshape(-1).tolist()],
            }
        )
    stored = {
        key: {field: array.reshape(-1).tolist() if isinstance(array, np.ndarray) else array for field, array in given.items()}
        for key, given in inputs.items()
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"shape": SHAPE, "inputs": stored, "cases": cases}, separators=(",", ":")) + "\n")
    print(f"{OUT}: {len(cases)} cases, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
