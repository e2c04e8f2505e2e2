"""Makes oracles/fixtures/training.json: how PyTorch clips gradients, groups parameters and averages weights.

Run: python3 oracles/training.py

`clipping`: gradients of two parameters and what `clip_grad_norm_` and `clip_grad_value_` leave of them. `groups`: the
parameters after each of five steps with parameter groups of different rates and decays. `averages`: weights over six
steps and their exponential moving average, by `torch.optim.swa_utils.AveragedModel` with `use_buffers=True`, which starts
from the first weights, as timm's `ModelEmaV2` does.
"""

import json
from pathlib import Path

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

SHAPES = {"backbone.conv.weight": [2, 3], "backbone.bn.weight": [3], "head.weight": [4], "head.bias": [2, 1]}


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().double().flatten().tolist()]


def draw(generator, scale=1.0):
    return {name: torch.randn(shape, generator=generator) * scale for name, shape in SHAPES.items()}


def clipping(generator):
    cases = []
    for options, scale in (
        ({"clipNorm": 1.0}, 3),
        ({"clipNorm": 1.0}, 0.01),
        ({"clipNorm": 0.05}, 100),
        ({"clipValue": 0.5}, 1),
        ({"clipValue": 2.0}, 100),
    ):
        gradients = draw(generator, scale)
        parameters = []
        for gradient in gradients.values():
            parameter = torch.nn.Parameter(torch.zeros_like(gradient))
            parameter.grad = gradient.clone()
            parameters.append(parameter)
        norm = torch.linalg.vector_norm(torch.cat([g.flatten() for g in gradients.values()]))
        if "clipNorm" in options:
            norm = clip_grad_norm_(parameters, options["clipNorm"])
        else:
            clip_grad_value_(parameters, options["clipValue"])
        cases.append(
            {
                "options": options,
                "gradients": {name: flat(g) for name, g in gradients.items()},
                "norm": flat(norm)[0],
                "clipped": {name: flat(p.grad) for name, p in zip(SHAPES, parameters)},
            }
        )
    return cases


GROUPS = [
    (
        "adamw",
        {"learningRate": 0.02, "weightDecay": 0.3},
        torch.optim.AdamW,
        {"lr": 0.02, "weight_decay": 0.3},
    ),
    ("adam", {"learningRate": 0.02, "weightDecay": 0.1}, torch.optim.Adam, {"lr": 0.02, "weight_decay": 0.1}),
    (
        "sgd",
        {"learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.1},
        torch.optim.SGD,
        {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1},
    ),
    ("rmsprop", {"learningRate": 0.01, "weightDecay": 0.1}, torch.optim.RMSprop, {"lr": 0.01, "weight_decay": 0.1}),
]


def groups(generator):
    initial = draw(generator)
    gradients = [draw(generator) for _ in range(5)]
    cases = []
    for name, options, kind, keywords in GROUPS:
        parameters = {key: torch.nn.Parameter(value.clone()) for key, value in initial.items()}
        backbone = [p for key, p in parameters.items() if key.startswith("backbone.") and p.ndim > 1]
        # timm's rule: what is one-dimensional, or a bias, does not decay.
        backbone_norms = [p for key, p in parameters.items() if key.startswith("backbone.") and p.ndim <= 1]
        head = [parameters["head.weight"], parameters["head.bias"]]
        lr, decay = keywords["lr"], keywords["weight_decay"]
        optimizer = kind(
            [
                {"params": backbone, "lr": lr * 0.1, "weight_decay": decay / 2},
                {"params": backbone_norms, "lr": lr * 0.1, "weight_decay": 0},
                {"params": head, "weight_decay": 0},
            ],
            **keywords,
        )
        trajectory = []
        for step in gradients:
            for key, parameter in parameters.items():
                parameter.grad = step[key]
            optimizer.step()
            trajectory.append({key: flat(value) for key, value in parameters.items()})
        cases.append(
            {
                "name": name,
                "options": {
                    **options,
                    "groups": [{"match": "backbone.*", "learningRateFactor": 0.1, "weightDecay": decay / 2}],
                    "noDecayOnNormsAndBiases": True,
                },
                "trajectory": trajectory,
            }
        )
    return {
        "initial": {key: flat(value) for key, value in initial.items()},
        "gradients": [{key: flat(g) for key, g in step.items()} for step in gradients],
        "cases": cases,
    }


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(4))
        self.register_buffer("running_mean", torch.zeros(3))


def averages(generator):
    net = Net()
    decay = 0.8
    average = None
    steps = []
    for _ in range(7):
        with torch.no_grad():
            net.weight.copy_(torch.randn(4, generator=generator))
            net.running_mean.copy_(torch.randn(3, generator=generator))
        if average is None:
            # The first update of AveragedModel copies; it stands for the weights before the first step.
            average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)
        average.update_parameters(net)
        steps.append(
            {
                "weights": {key: flat(value) for key, value in net.state_dict().items()},
                "average": {key: flat(value) for key, value in average.module.state_dict().items()},
            }
        )
    return {"decay": decay, "steps": steps}


def main():
    generator = torch.Generator().manual_seed(11)
    fixture = {
        "shapes": SHAPES,
        "clipping": clipping(generator),
        "groups": groups(generator),
        "averages": averages(generator),
    }
    path = Path(__file__).parent / "fixtures" / "training.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
