"""Writes oracles/fixtures/tensorboard-events.json: events as TensorBoard's own protocol buffers encode them, framed as
TensorBoard's own record writer frames them. Needs `pip install tensorboard`."""

import base64
import io
import json
import pathlib

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

# As packages/callbacks/src/tensorboard/event-message.test.ts has them.
HISTOGRAM = [0.0, 1.0, 2.5, 30.0]


def histogram():
    counts, edges = np.histogram(HISTOGRAM, bins=30)
    return summary_pb2.HistogramProto(
        min=min(HISTOGRAM),
        max=max(HISTOGRAM),
        num=len(HISTOGRAM),
        sum=sum(HISTOGRAM),
        sum_squares=sum(value * value for value in HISTOGRAM),
        bucket_limit=[float(edge) for edge in edges[1:]],
        bucket=[float(count) for count in counts],
    )


def hparams(content):
    data = plugin_data_pb2.HParamsPluginData()
    content(data)
    plugin = summary_pb2.SummaryMetadata.PluginData(plugin_name="hparams", content=data.SerializeToString())
    return summary_pb2.SummaryMetadata(plugin_data=plugin)


def start(data):
    # One parameter per message: the order of a map's entries is the encoder's own.
    data.session_start_info.hparams["optimizer.learningRate"].number_value = 0.001
    data.session_start_info.start_time_secs = 1700000000.25


def start_text(data):
    data.session_start_info.hparams["loss.name"].string_value = "ce"
    data.session_start_info.start_time_secs = 1700000000.25


def start_switch(data):
    data.session_start_info.hparams["loss.poison"].bool_value = False
    data.session_start_info.start_time_secs = 1700000000.25


def end(data):
    data.session_end_info.status = api_pb2.Status.Value("STATUS_SUCCESS")
    data.session_end_info.end_time_secs = 1700000001.5


def failure(data):
    data.session_end_info.status = api_pb2.Status.Value("STATUS_FAILURE")
    data.session_end_info.end_time_secs = 1700000001.5


def value(**fields):
    return summary_pb2.Summary.Value(**fields)


def summary(step, *values):
    return event_pb2.Event(wall_time=1700000000.25, step=step, summary=summary_pb2.Summary(value=values))


image = summary_pb2.Summary.Image(height=2, width=3, colorspace=3, encoded_image_string=bytes([1, 2, 255]))
started = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
START, END = "_hparams_/session_start_info", "_hparams_/session_end_info"
events = {
    "version": event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    "start": event_pb2.Event(wall_time=1700000000.25, step=300, session_log=started),
    "scalars": summary(
        70000,
        value(tag="loss/train", simple_value=0.1),
        value(tag="zero", simple_value=0.0),
        value(tag="nan", simple_value=float("nan")),
        value(tag="infinite", simple_value=float("-inf")),
        value(tag="Größe", simple_value=-2.5),
    ),
    "image": summary(1, value(tag="samples/0", image=image)),
    "histogram": summary(1, value(tag="weights/conv.weight", histo=histogram())),
    "number": summary(0, value(tag=START, metadata=hparams(start))),
    "text": summary(0, value(tag=START, metadata=hparams(start_text))),
    "switch": summary(0, value(tag=START, metadata=hparams(start_switch))),
    "success": summary(9, value(tag=END, metadata=hparams(end))),
    "failure": summary(9, value(tag=END, metadata=hparams(failure))),
}


class Kept(io.BytesIO):
    def flush(self):
        pass


def record(event):
    kept = Kept()
    RecordWriter(kept).write(event.SerializeToString())
    return base64.b64encode(kept.getvalue()).decode()


fixture = {name: record(event) for name, event in events.items()}
path = pathlib.Path(__file__).parent / "fixtures" / "tensorboard-events.json"
path.write_text(json.dumps(fixture, indent=2) + "\n")
print(f"{path}: {len(fixture)} events")
