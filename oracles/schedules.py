"""Makes oracles/fixtures/schedules.json: PyTorch's schedulers that restart, rise first, or listen to validations.

Run: python3 oracles/schedules.py

`schedules` holds the factor of the base rate for every step of runs of 20 and 57 steps. `plateau` holds a number per
validation and the factor after each; PyTorch's `eps`, below which a change of the rate is left out, is 0.
"""

import json
import math
from pathlib import Path

import torch
from torch.optim import lr_scheduler


def numbers(values):
    return [float(f"{value:.12g}") for value in values]


def optimizer():
    return torch.optim.SGD([torch.zeros(1)], lr=1.0)



SCHEDULES = [
    (
        "cosine",
        {"restartEvery": 6},
        lambda o, _: lr_scheduler.CosineAnnealingWarmRestarts(o, 6),
    ),
    (
        "cosine",
        {"restartEvery": 3, "restartGrowth": 2, "minFactor": 0.1},
        lambda o, _: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.1),
    ),
    ("one-cycle", {}, lambda o, total: one_cycle(o, total)),
    (
        "one-cycle",
        {"risingShare": 0.45, "startFactor": 0.1, "endFactor": 0.001, "anneal": "linear"},
        lambda o, total: one_cycle(
            o, total, pct_start=0.45, div_factor=10, final_div_factor=100, anneal_strategy="linear"
        ),
    ),
]


def one_cycle(o, total, **keywords):
    return lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=total, cycle_momentum=False, **keywords)


def run_schedule(build, total):
    o = optimizer()
    scheduler = build(o, total)
    factors = []
    for step in range(total):
        factors.append(o.param_groups[0]["lr"])
        o.step()
        if step + 1 < total:
            scheduler.step()
    return numbers(factors)


FALLING = [1, 0.9, 0.9, 0.95, 0.92, 0.91, 0.5, 0.6, 0.55, 0.52, 0.51, 0.49995, 0.7, 0.7, 0.7, 0.7, 0.1, 0.2, 0.3, 0.2]
PLATEAU = [
    ({"patience": 2}, {"patience": 2}, FALLING),
    (
        {"patience": 1, "gamma": 0.5, "cooldown": 2, "minFactor": 0.1},
        {"patience": 1, "factor": 0.5, "cooldown": 2, "min_lr": 0.1},
        FALLING,
    ),
    (
        {"patience": 0, "mode": "max", "gamma": 0.5, "threshold": 0.01, "thresholdMode": "abs"},
        {"patience": 0, "mode": "max", "factor": 0.5, "threshold": 0.01, "threshold_mode": "abs"},
        [0.1, 0.105, 0.2, 0.21, 0.2101, 0.3, 0.29, 0.5, math.nan, 0.6],
    ),
    (
        {"patience": 1, "mode": "max", "threshold": 0.1},
        {"patience": 1, "mode": "max", "threshold": 0.1},
        [0.1, 0.109, 0.1101, 0.12, 0.121, 0.122, 0.2],
    ),
]


def run_plateau(keywords, observed):
    o = optimizer()
    scheduler = lr_scheduler.ReduceLROnPlateau(o, eps=0, **keywords)
    factors = []
    for value in observed:
        scheduler.step(value)
        factors.append(o.param_groups[0]["lr"])
    return numbers(factors)


def main():
    fixture = {
        "schedules": [
            {"name": name, "options": options, "totalSteps": total, "factors": run_schedule(build, total)}
            for name, options, build in SCHEDULES
            for total in (20, 57)
        ],
        "plateau": [
            {
                "options": options,
                # JSON has no NaN.
                "observed": [None if math.isnan(value) else value for value in observed],
                "factors": run_plateau(keywords, observed),
            }
            for options, keywords, observed in PLATEAU
        ],
    }
    path = Path(__file__).parent / "fixtures" / "schedules.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
