"""Makes oracles/fixtures/optimizers.json: PyTorch's optimisers and learning-rate schedulers, step for step.

Run: python3 oracles/optimizers.py

Each optimiser case starts from the same parameters and gets the same gradients, with a learning rate that changes
between steps; the parameter called "late" has no gradient in the first three steps and in step 7. The fixture
holds the parameters after every step. Gradients range over four orders of magnitude. Scheduler cases hold the
factor of the base rate for every step.
"""

import json
from pathlib import Path

import torch
from torch.optim import lr_scheduler

STEPS = 12
SHAPES = {"scalar": [], "vector": [5], "filter": [2, 1, 3, 2], "late": [2, 3]}
RATES = [0.01 * factor for factor in (1, 1, 0.5, 0.5, 2, 1, 1, 0.1, 0.1, 1, 0.3, 0.7)]
ABSENT = {"late": {0, 1, 2, 6}}


def numbers(values):
    return [float(f"{value:.9g}") for value in values]


def flat(tensor):
    return numbers(tensor.detach().double().flatten().tolist())


def gradients_of(generator):
    steps = []
    for step in range(STEPS):
        gradients = {}
        for name, shape in SHAPES.items():
            gradient = torch.randn(shape, generator=generator) * 10.0 ** (step % 4 - 2)
            if step not in ABSENT.get(name, set()):
                gradients[name] = gradient
        steps.append(gradients)
    return steps


CASES = [
    ("sgd", {}, torch.optim.SGD, {}),
    ("sgd", {"weightDecay": 0.1}, torch.optim.SGD, {"weight_decay": 0.1}),
    ("sgd", {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    (
        "sgd",
        {"momentum": 0.9, "dampening": 0.3, "weightDecay": 0.01},
        torch.optim.SGD,
        {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01},
    ),
    (
        "sgd",
        {"momentum": 0.99, "nesterov": True, "weightDecay": 0.01},
        torch.optim.SGD,
        {"momentum": 0.99, "nesterov": True, "weight_decay": 0.01},
    ),
    ("adam", {}, torch.optim.Adam, {}),
    (
        "adam",
        {"betas": [0.8, 0.95], "eps": 1e-4, "weightDecay": 0.1},
        torch.optim.Adam,
        {"betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1},
    ),
    ("adamw", {}, torch.optim.AdamW, {}),
    (
        "adamw",
        {"betas": [0.7, 0.9], "weightDecay": 0.3},
        torch.optim.AdamW,
        {"betas": (0.7, 0.9), "weight_decay": 0.3},
    ),
    ("rmsprop", {}, torch.optim.RMSprop, {}),
    ("rmsprop", {"momentum": 0.9}, torch.optim.RMSprop, {"momentum": 0.9}),
    (
        "rmsprop",
        {"alpha": 0.9, "eps": 1e-3, "centered": True, "weightDecay": 0.1},
        torch.optim.RMSprop,
        {"alpha": 0.9, "eps": 1e-3, "centered": True, "weight_decay": 0.1},
    ),
    (
        "rmsprop",
        {"momentum": 0.5, "centered": True, "eps": 1e-3},
        torch.optim.RMSprop,
        {"momentum": 0.5, "centered": True, "eps": 1e-3},
    ),
]


def run_optimizer(kind, keywords, initial, gradients):
    parameters = {name: torch.nn.Parameter(value.clone()) for name, value in initial.items()}
    optimizer = kind(parameters.values(), lr=RATES[0], **keywords)
    trajectory = []
    for rate, step_gradients in zip(RATES, gradients):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, parameter in parameters.items():
            parameter.grad = step_gradients.get(name)
        optimizer.step()
        trajectory.append({name: flat(value) for name, value in parameters.items()})
    return trajectory


def default_rates():
    return {
        "adam": torch.optim.Adam([torch.zeros(1)]).param_groups[0]["lr"],
        "adamw": torch.optim.AdamW([torch.zeros(1)]).param_groups[0]["lr"],
        "rmsprop": torch.optim.RMSprop([torch.zeros(1)]).param_groups[0]["lr"],
    }


TOTAL = 20
SCHEDULES = [
    ("constant", {}, lambda o: [lr_scheduler.LambdaLR(o, lambda _: 1.0)]),
    ("step", {"every": 6}, lambda o: [lr_scheduler.StepLR(o, 6)]),
    (
        "step",
        {"milestones": [3, 4, 15], "gamma": 0.5},
        lambda o: [lr_scheduler.MultiStepLR(o, [3, 4, 15], gamma=0.5)],
    ),
    ("poly", {}, lambda o: [lr_scheduler.PolynomialLR(o, TOTAL, power=0.9)]),
    ("poly", {"power": 2}, lambda o: [lr_scheduler.PolynomialLR(o, TOTAL, power=2)]),
    ("cosine", {}, lambda o: [lr_scheduler.CosineAnnealingLR(o, TOTAL)]),
    (
        "cosine",
        {"minFactor": 0.25},
        lambda o: [lr_scheduler.CosineAnnealingLR(o, TOTAL, eta_min=0.25)],
    ),
    ("constant", {"warmupSteps": 4}, lambda o: [warmup(o, 4)]),
    ("step", {"every": 6, "warmupSteps": 4}, lambda o: [warmup(o, 4), lr_scheduler.StepLR(o, 6)]),
    (
        "poly",
        {"power": 1, "warmupSteps": 3},
        lambda o: [warmup(o, 3), lr_scheduler.PolynomialLR(o, TOTAL, power=1)],
    ),
]


def warmup(optimizer, steps):
    return lr_scheduler.LinearLR(optimizer, start_factor=1 / (steps + 1), total_iters=steps)


def run_schedule(build):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = lr_scheduler.ChainedScheduler(build(optimizer))
    factors = []
    for _ in range(TOTAL):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return numbers(factors)


def main():
    generator = torch.Generator().manual_seed(7)
    initial = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = gradients_of(generator)
    fixture = {
        "shapes": SHAPES,
        "rates": numbers(RATES),
        "defaultRates": default_rates(),
        "initial": {name: flat(value) for name, value in initial.items()},
        "gradients": [{name: flat(g) for name, g in step.items()} for step in gradients],
        "optimizers": [
            {
                "name": name,
                "options": options,
                "trajectory": run_optimizer(kind, keywords, initial, gradients),
            }
            for name, options, kind, keywords in CASES
        ],
        "totalSteps": TOTAL,
        "schedules": [
            {"name": name, "options": options, "factors": run_schedule(build)}
            for name, options, build in SCHEDULES
        ],
    }
    path = Path(__file__).parent / "fixtures" / "optimizers.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
