"""PyTorch's side of training-step.js: the same U-Net, one step for every line on standard input.

usage: training_step.py THREADS BASE BATCH SIZE
Prints a JSON line when warm, then one per step with its seconds and loss; {"skipped": ...} without torch.
"""

import json
import sys
import time


def say(value):
    print(json.dumps(value), flush=True)


try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    say({"skipped": str(error)})
    sys.exit()


def block(channels, width):
    """3x3 convolution, batch norm, ReLU, twice."""
    layers = []
    for source in (channels, width):
        layers += [
            nn.Conv2d(source, width, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self, base, channels=3, classes=2, levels=4):
        super().__init__()
        widths = [base << level for level in range(levels + 1)]
        sources = [channels, *widths]
        self.down = nn.ModuleList(block(sources[i], widths[i]) for i in range(levels))
        self.center = block(widths[-2], widths[-1])
        self.up = nn.ModuleList()
        self.join = nn.ModuleList()
        for width in reversed(widths[:-1]):
            self.up.append(nn.ConvTranspose2d(2 * width, width, kernel_size=2, stride=2))
            self.join.append(block(2 * width, width))
        self.head = nn.Conv2d(base, classes, kernel_size=1)

    def forward(self, x):
        skips = []
        for level in self.down:
            skips.append(level(x))
            x = functional.max_pool2d(skips[-1], 2)
        x = self.center(x)
        for up, join in zip(self.up, self.join):
            x = join(torch.cat((skips.pop(), up(x)), dim=1))
        return self.head(x)


def main():
    threads, base, batch, size = (int(value) for value in sys.argv[1:5])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = UNet(base)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    image = torch.randn(batch, 3, size, size)
    labels = torch.randint(2, (batch, size, size))

    def step():
        start, before = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(image), labels)
        loss.backward()
        optimizer.step()
        return {
            "loss": loss.item(),
            "seconds": time.perf_counter() - start,
            "cpuSeconds": time.process_time() - before,
        }

    for _ in range(3):
        step()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    say({"parameters": parameters, "torch": torch.__version__})
    for line in sys.stdin:
        if line.strip() == "step":
            say(step())


main()
