"""Reads a folder of event files as TensorBoard does and prints what it finds as JSON. Needs `pip install tensorboard`.

    python3 oracles/tensorboard_reader.py runs/my-run
"""

import json
import struct
import sys

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2

everything = {name: 0 for name in ("scalars", "images", "histograms", "tensors", "compressedHistograms")}
run = event_accumulator.EventAccumulator(sys.argv[1], size_guidance=everything)
run.Reload()
tags = run.Tags()


def png_size(data):
    """Height and width as the PNG itself says."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return height, width


def image(event):
    assert png_size(event.encoded_image_string) == (event.height, event.width)
    return [event.step, event.height, event.width]


def histogram(event):
    value = event.histogram_value
    return {
        "step": event.step,
        "min": value.min,
        "max": value.max,
        "count": value.num,
        "sum": value.sum,
        "sumOfSquares": value.sum_squares,
        "counts": list(value.bucket),
    }


def hparams():
    found = {"parameters": {}, "status": None}
    for name, content in run.PluginTagToContent("hparams").items():
        data = plugin_data_pb2.HParamsPluginData.FromString(content)
        if name == "_hparams_/session_start_info":
            for key, value in data.session_start_info.hparams.items():
                found["parameters"][key] = getattr(value, value.WhichOneof("kind"))
        if name == "_hparams_/session_end_info":
            found["status"] = api_pb2.Status.Name(data.session_end_info.status)
    return found


print(
    json.dumps(
        {
            "version": run.file_version,
            "scalars": {tag: [[e.step, e.value] for e in run.Scalars(tag)] for tag in tags["scalars"]},
            "images": {tag: [image(e) for e in run.Images(tag)] for tag in tags["images"]},
            "histograms": {tag: [histogram(e) for e in run.Histograms(tag)] for tag in tags["histograms"]},
            "hparams": hparams(),
        }
    )
)
