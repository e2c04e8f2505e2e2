"""Small files of weights in every format that segkit reads, written by the libraries that define them.

Run from the repository's root:  pip install torch==2.13.0 safetensors && python3 oracles/weight_files.py
Writes oracles/fixtures/weights/: the files, and expected.json with what torch.load sees in them (shape and values of
every tensor, as float32).
"""

import json
import os
import pickle
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).parent / "fixtures" / "weights"
FOLDER.mkdir(parents=True, exist_ok=True)
torch.manual_seed(20240607)


class Net(nn.Module):
    """A convolution with batch norm: parameters, buffers and a counter."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 2)


def dtypes():
    """One tensor of every dtype that becomes float32."""
    numbers = [-3.5, -1.0, 0.0, 0.4, 1.0, 100.25]
    tensors = {
        str(dtype).removeprefix("torch."): torch.tensor(numbers, dtype=dtype)
        for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    }
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8):
        tensors[str(dtype).removeprefix("torch.")] = torch.tensor([-4, 0, 3, 100], dtype=dtype)
    tensors["uint8"] = torch.tensor([0, 1, 255], dtype=torch.uint8)
    tensors["bool"] = torch.tensor([True, False])
    # Subnormals, the largest half, infinities.
    tensors["halves"] = torch.tensor([6e-8, -1e-5, 65504.0, float("inf"), -float("inf")], dtype=torch.float16)
    return tensors


def views():
    """Tensors that share a storage, and such that do not lie in it row by row."""
    base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5) / 8
    return OrderedDict(
        base=base,
        same=base,
        transposed=base.permute(2, 0, 1),
        part=base[1:, 1:3, ::2],
        row=base[2, 1],
        repeated=base[0, 0, :1].expand(2, 3),
        parameter=nn.Parameter(base[0]),
        empty=torch.zeros(0, 3),
        scalar=torch.tensor(2.5),
    )


def nested(net):
    optimizer = torch.optim.Adam(net.parameters())
    sum(p.sum() for p in net.parameters()).backward()
    optimizer.step()
    return {
        "epoch": 3,
        "arch": "net",
        "best": torch.tensor(0.75),
        "lr": [0.1, 1e-3],
        "done": False,
        "note": None,
        "big": 2**70,
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


def described(tensors):
    result = {}
    for name, tensor in tensors.items():
        values = tensor.detach().to(torch.float32).flatten().tolist()
        finite = [v if abs(v) != float("inf") else ("inf" if v > 0 else "-inf") for v in values]
        result[name] = {"shape": list(tensor.shape), "data": finite}
    return result


expected = {}


def torch_file(name, content, tensors, **options):
    path = FOLDER / name
    torch.save(content, path, **options)
    # Its restricted reader knows protocol 2 alone.
    torch.load(path, weights_only="pickle_protocol" not in options)
    expected[name] = described(tensors)


legacy = {"_use_new_zipfile_serialization": False}
net = Net()
torch_file("state-dict.pth", net.state_dict(), net.state_dict())
torch_file("state-dict-legacy.pth", net.state_dict(), net.state_dict(), **legacy)
torch_file("dtypes.pt", dtypes(), dtypes())
torch_file("dtypes-legacy.pt", dtypes(), dtypes(), **legacy)
torch_file("views.bin", views(), views())
torch_file("views-legacy.bin", views(), views(), **legacy)
torch_file("protocol-4.pt", dtypes(), dtypes(), pickle_protocol=4)
checkpoint = nested(net)
torch_file("nested.ckpt", checkpoint, net.state_dict())
torch_file("nested-twice.pt", {"model": {"state_dict": net.state_dict()}, "iteration": 7}, net.state_dict())
parts = {"encoder": {"a": torch.ones(2)}, "decoder": {"b": torch.zeros(1, 2)}}
torch_file("parts.pt", parts, {"encoder.a": torch.ones(2), "decoder.b": torch.zeros(1, 2)})

save_file(dtypes(), FOLDER / "dtypes.safetensors", metadata={"format": "pt"})
expected["dtypes.safetensors"] = described(dtypes())


class Malicious:
    """Would run a command if it were unpickled in Python."""

    def __reduce__(self):
        return os.system, ("touch segkit-was-here",)


torch.save({"state_dict": {"weight": torch.ones(1)}, "extra": Malicious()}, FOLDER / "malicious.pth")
torch.save({"weight": Malicious()}, FOLDER / "malicious-legacy.pth", **legacy)
(FOLDER / "malicious.pkl").write_bytes(pickle.dumps(Malicious(), protocol=2))
(FOLDER / "plain.pkl").write_bytes(pickle.dumps({"weight": [1.0, 2.0]}, protocol=2))
torch.save(net, FOLDER / "whole-module.pth")

(FOLDER / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
for path in sorted(FOLDER.iterdir()):
    print(path.name, path.stat().st_size)
