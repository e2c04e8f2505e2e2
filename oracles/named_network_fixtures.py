"""Makes oracles/fixtures/named-networks/*.json: every named network in PyTorch, forward and backward.

Run: python3 oracles/named_network_fixtures.py [NAME ...]

The networks stand in oracles/named_networks, each written from its paper or article, at full width. Weights, images and
the gradient that enters at the output are numbers that both sides compute (counted_noise.py), so a fixture holds results
alone: of the output, of every gradient and, after a training pass, of the running statistics the Euclidean norm and up to
12 entries, at `floor(n * frac(i * 40503 / 65536))`. Computed in float64, in PyTorch's layouts (NCHW, OIHW).

Of `tries` images, the one is taken whose pass stays furthest away from the points at which a gradient jumps (margin.py).
"""

import json
import sys
from pathlib import Path

from named_networks import NETWORKS
from named_networks.running import best_seed, image_shape, run, single_precision

KEPT = 12


def digits(value):
    return float(f"{value:.6g}")


def sample(tensor):
    """[norm, entries...]"""
    flat = tensor.flatten()
    count = flat.numel()
    indices = (
        range(count) if count <= KEPT else [(i * 40503 % 65536) * count >> 16 for i in range(KEPT)]
    )
    return [digits(flat.norm().item()), *[digits(flat[i].item()) for i in indices]]


def case(network, training):
    seed, margin = best_seed(network, training, network.tries)
    results = run(network, training, seed)
    return {
        "training": training,
        "image": list(image_shape(network, training)),
        "period": network.period,
        "gain": network.gain,
        "positive": network.positive,
        "seed": seed,
        "margin": float(f"{margin:.2g}"),
        "singlePrecision": float(f"{single_precision(network, training, seed, results):.2g}"),
        "outputShape": list(results["output"].shape),
        "results": {name: sample(value) for name, value in results.items()},
    }


def fixture(network):
    return {
        "inChannels": network.inp,
        "outChannels": network.out,
        "parameters": sum(p.numel() for p in network.build().parameters()),
        "cases": [case(network, training) for training in (True, False)],
    }


if __name__ == "__main__":
    folder = Path(__file__).parent / "fixtures" / "named-networks"
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or NETWORKS:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(fixture(NETWORKS[name]), separators=(",", ":")) + "\n")
        for entry in json.loads(path.read_text())["cases"]:
            print(path.stem, path.stat().st_size, entry["margin"], entry["singlePrecision"], flush=True)
