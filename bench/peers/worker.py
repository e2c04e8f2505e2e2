"""PyTorch's side of a comparison, the counterpart of ../workers/segkit.js and in the same protocol.

usage: worker.py '{"mode": "training", "net": {…}, "threads": 2, "warmUp": 4}'
Prints a line of JSON when warm, then one for every line on standard input: `step` makes a step and tells its time,
`peak` tells the largest resident size so far. Without torch it prints {"skipped": reason, "missing": true} and ends.
"""

import json
import re
import sys
import time
from pathlib import Path


def say(value):
    print(json.dumps(value), flush=True)


try:
    import torch
    from torch.nn import functional
except ImportError as error:
    say({"skipped": str(error), "missing": True})
    sys.exit()

from networks import create


def status_bytes(field):
    """Of this process: `VmRSS` its resident size, `VmHWM` the largest so far. getrusage tells the parent's too."""
    text = Path("/proc/self/status").read_text()
    return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024


def device_of(told):
    """`gpu` asks for a CUDA device or Apple's, if torch has one."""
    if told.get("device") != "gpu":
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def random_batch(net):
    """Noise and random labels; float labels with a channel axis for a binary network."""
    batch, size, classes = net["batch"], net["size"], net["outChannels"]
    image = torch.randn(batch, net["imageChannels"], size, size)
    if classes == 1:
        return image, torch.randint(2, (batch, 1, size, size)).float()
    return image, torch.randint(classes, (batch, size, size))


def training_step(model, image, labels):
    """Forward, loss, backward, Adam, reading the loss."""
    binary = labels.is_floating_point()
    loss_of = functional.binary_cross_entropy_with_logits if binary else functional.cross_entropy
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model.train()

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(image), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def inference_step(model, image, _):
    """A new image to the device, a forward pass with running statistics, and the logits as an array."""
    model.eval()
    device = image.device
    image = image.cpu()

    def step():
        with torch.no_grad():
            return float(model(image.to(device)).cpu().numpy().flat[0])

    return step


def timed(step):
    start, before = time.perf_counter(), time.process_time()
    value = step()
    return {
        "seconds": time.perf_counter() - start,
        "cpuSeconds": time.process_time() - before,
        "value": value,
    }


def main():
    told = json.loads(sys.argv[1])
    torch.set_num_threads(told["threads"])
    torch.manual_seed(1)
    imported = status_bytes("VmRSS")
    device = device_of(told)
    model = create(told["net"]).to(device)
    make = {"training": training_step, "inference": inference_step}[told["mode"]]
    step = make(model, *(tensor.to(device) for tensor in random_batch(told["net"])))
    for _ in range(told["warmUp"]):
        step()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    about = {"torch": torch.__version__, "device": device, "importedBytes": imported}
    say({"parameters": parameters, **about})
    for line in sys.stdin:
        if line.strip() == "step":
            say(timed(step))
        elif line.strip() == "peak":
            say({"bytes": status_bytes("VmHWM")})


main()
