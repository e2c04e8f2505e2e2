"""Compares every named network with PyTorch in full and prints a Markdown table. Run by hand; needs the packages built (`npm run build`).

Run: python3 oracles/compare_networks.py [NAME ...]

PyTorch computes in float64, segkit on the engine `ort` in float32, both on the pass that the fixture of the network is made
of (named_network_fixtures.py must have run). All entries of every tensor count. Forward is |difference| / |output|,
Euclidean. Gradient is the worst such quotient of any parameter's gradient, of a gradient that cancels against the
`SMALL`-th part of the largest root mean square instead (biases before batch norm, whose true gradient is zero).

Two more columns tell what float32 can reach at all: the same quotient of PyTorch's own float32, and how far the exact
gradients move when all weights and the image change by a millionth (median and worst of five): float32 carries such
errors from layer to layer, and ReLUs and max-pools near a tie flip.
"""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from named_networks import NETWORKS
from named_networks.running import run, sensitivity

ROOT = Path(__file__).parent.parent
#: Share of the largest root mean square of the gradients below which one counts as cancelled.
SMALL = 1e-2


def write_pass(folder, name, case, exact):
    offsets, sizes, end = {}, {}, 0
    with open(folder / "data.bin", "wb") as data:
        for key, value in exact.items():
            offsets[key], sizes[key] = end, value.numel()
            data.write(value.numpy().astype(np.float32).tobytes())
            end += value.numel()
    description = {key: case[key] for key in ("training", "image", "period", "gain", "positive", "seed")}
    (folder / "pass.json").write_text(json.dumps({"name": name, **description, "offsets": offsets}))
    return sizes


def errors(norms, sizes, kind):
    """Relative errors of the tensors whose names start with `kind`, worst first."""
    rms = {key: norm / math.sqrt(sizes[key]) for key, (norm, _) in norms.items() if key.startswith(kind)}
    floor = SMALL * max(rms.values(), default=0)
    found = [
        (norms[key][1] / math.sqrt(sizes[key]) / max(value, floor), key) for key, value in rms.items()
    ]
    return sorted(found, reverse=True)


def compare(name, case):
    exact = run(NETWORKS[name], case["training"], case["seed"])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sizes = write_pass(folder, name, case, exact)
        command = ["npx", "tsx", "test/named-networks/compare.ts", temporary]
        output = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    result = json.loads(output.strip().splitlines()[-1])
    norms = result["norms"]
    statistics = errors(norms, sizes, "statistics")
    worst, where = errors(norms, sizes, "gradient")[0]
    median, most = sensitivity(NETWORKS[name], case["training"], case["seed"], exact)
    return [
        name,
        "train" if case["training"] else "eval",
        "x".join(map(str, case["image"])),
        f"{case['parameters']:,}",
        f"{result['parameters']:,}",
        f"{result['macs'] / 1e9:.2f} G at {result['side']}",
        f"{errors(norms, sizes, 'output')[0][0]:.1e}",
        f"{worst:.1e} ({where.removeprefix('gradient ')})",
        f"{case['singlePrecision']:.1e}",
        f"{median:.1e}, {most:.1e}",
        f"{statistics[0][0]:.1e}" if statistics else "-",
    ]


if __name__ == "__main__":
    columns = ["network", "pass", "image", "expected", "got", "MACs", "forward", "worst gradient", "PyTorch float32"]
    columns += ["moved by 1e-6", "statistics"]
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns), flush=True)
    for name in sys.argv[1:] or NETWORKS:
        path = Path(__file__).parent / "fixtures" / "named-networks" / f"{name}.json"
        fixture = json.loads(path.read_text())
        for case in fixture["cases"]:
            row = compare(name, {**case, "parameters": fixture["parameters"]})
            print("| " + " | ".join(row) + " |", flush=True)
