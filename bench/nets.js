// The networks that are measured: their configs, and what PyTorch's side is told to build the same layers.
import { BenchError } from './arguments.js';

const imageChannels = 3;

function unet(width, batch, size) {
  return {
    batch,
    size,
    classes: 2,
    model: { backbone: { name: 'cbr', width }, center: 'cbr', decoder: 'unet' },
    loss: 'ce',
    peer: { network: 'unet', width, outChannels: 2 },
  };
}

const linknetResnet18 = {
  batch: 4,
  size: 256,
  classes: 20,
  model: {
    backbone: { name: 'resnet18', taps: ['pool', 'layer1', 'layer2', 'layer3', 'layer4'] },
    decoder: 'linknet',
    head: 'linknet',
  },
  loss: 'ce',
  peer: { network: 'linknet', blocks: [2, 2, 2, 2], outChannels: 20 },
};

const dLinknet34 = {
  batch: 1,
  size: 256,
  classes: 2,
  model: {
    backbone: { name: 'resnet34', taps: ['layer1', 'layer2', 'layer3', 'layer4'] },
    center: 'dilated',
    decoder: { name: 'linknet', reluAfterMerge: false, lastBlock: true, normEps: 1e-5 },
    head: 'd-linknet',
  },
  loss: 'bce',
  peer: { network: 'd-linknet', blocks: [3, 4, 6, 3], outChannels: 1 },
};

/** Networks by name. `parameters` is the published or computed count that both sides must have. */
const nets = {
  'unet-16': { ...unet(16, 2, 128), parameters: 1_942_594 },
  'unet-64': { ...unet(64, 1, 256), parameters: 31_037_698 },
  'linknet-resnet18': { ...linknetResnet18, parameters: 11_536_820 },
  'd-linknet34': { ...dLinknet34, parameters: 31_096_129 },
};

/**
 * A network with its name and the channels of its images.
 * @throws BenchError if there is none of this name.
 */
export function netNamed(name) {
  if (Object.hasOwn(nets, name)) return { name, imageChannels, ...nets[name] };
  throw new BenchError(`--net must be one of ${Object.keys(nets).join(', ')}, received "${name}".`);
}

/** The network of this name, or all of them. */
export function netsNamed(name) {
  return name === undefined ? Object.keys(nets).map(netNamed) : [netNamed(name)];
}

/** A whole config with this network; its data set only completes it, the benchmarks make their own batches. */
export function configOf({ classes, batch, model, loss }) {
  return {
    data: {
      labels: { classes: Array.from({ length: classes }, (_, index) => `class-${index}`) },
      train: 'synthetic-cells',
    },
    model,
    loss,
    optimizer: { name: 'adam', learningRate: 1e-3 },
    train: { steps: 1, batchSize: batch },
  };
}
