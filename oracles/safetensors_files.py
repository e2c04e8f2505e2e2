#!/usr/bin/env python3
"""Writes a small file with the reference safetensors library, to be read by segkit's own reader.

Run: pip install safetensors numpy && python3 oracles/safetensors_files.py
Makes oracles/fixtures/safetensors.json: the file in base64 and the arrays it holds.
"""
import base64
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

arrays = {
    "layer.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7,
    "layer.bias": np.array([-1.5, 0.25], dtype=np.float32),
    "scalar": np.array(3.25, dtype=np.float32),
}
content = save(arrays, metadata={"source": "reference"})
assert all(np.array_equal(load(content)[name], array) for name, array in arrays.items())
fixture = {
    "base64": base64.b64encode(content).decode(),
    "tensors": {name: {"shape": list(a.shape), "data": a.ravel().tolist()} for name, a in arrays.items()},
}
path = Path(__file__).parent / "fixtures" / "safetensors.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(fixture) + "\n")
