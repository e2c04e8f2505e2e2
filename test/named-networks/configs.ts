import type { ModelInput } from 'segkit';

/** A published network as a segkit config. */
export interface NamedNetwork {
  /** Channels of the image. */
  readonly inChannels: number;
  /** Logits per pixel. */
  readonly outChannels: number;
  /** Trainable scalars, as computed from the definition. */
  readonly parameters: number;
  readonly model: ModelInput;
}

/** The paper's blocks: valid, biased, without batch norm, He's first weights. */
const paper = { padding: 'valid', norm: false, initializer: 'he-normal' } as const;
const halfDropped = { dropout: 0.5, dropoutUnit: 'value' } as const;
const heTransposed = { name: 'transposed', initializer: 'he-normal' } as const;
const heHead = { name: 'conv1x1', initializer: 'he-normal' } as const;

/** The paper's network with narrower levels and padding that keeps the size. */
function narrow(width: number): ModelInput {
  const same = { ...paper, padding: 'same' } as const;
  return {
    backbone: { name: 'cbr', width, ...same, ...halfDropped, dropoutLevels: [4] },
    center: { name: 'cbr', ...same, ...halfDropped },
    decoder: { name: 'unet', ...same, upsampler: heTransposed },
    head: heHead,
  };
}

/** Biased convolutions with batch norm, as in the articles that leave `bias` at PyTorch's default. */
const biased = { bias: true } as const;
const biasedValid = { bias: true, padding: 'valid' } as const;

/** The article's network with channel dropout after level 4 and after the bottleneck. */
function droppedOut(
  upsampler: NonNullable<Extract<ModelInput['decoder'], { name: 'unet' }>['upsampler']>,
): ModelInput {
  return {
    backbone: { name: 'cbr', ...biased, dropout: 0.5, dropoutLevels: [4] },
    center: { name: 'cbr', ...biased, dropout: 0.5 },
    decoder: { name: 'unet', ...biased, upsampler, merge: { name: 'concat', align: 'pad' } },
  };
}

const reluNorm = { padding: 'valid', order: 'conv-relu-norm', bias: true } as const;

function threeLevels(merge: Extract<ModelInput['decoder'], { name: 'unet' }>['merge']): ModelInput {
  return {
    backbone: { name: 'cbr', depth: 3, ...reluNorm },
    center: { name: 'cbr', ...reluNorm },
    decoder: {
      name: 'unet',
      upsampler: { name: 'transposed', kernel: 'k3s2p1op1' },
      merge: merge ?? 'concat',
      ...reluNorm,
    },
    head: 'cbr',
  };
}

const linknetTaps = ['pool', 'layer1', 'layer2', 'layer3', 'layer4'] as const;
const dLinknetTaps = ['layer1', 'layer2', 'layer3', 'layer4'] as const;
const dLinknetDecoder = {
  name: 'linknet',
  reluAfterMerge: false,
  lastBlock: true,
  normEps: 1e-5,
} as const;

function dLinknet(name: 'resnet18' | 'resnet34'): ModelInput {
  return {
    backbone: { name, taps: [...dLinknetTaps] },
    center: 'dilated',
    decoder: dLinknetDecoder,
    head: 'd-linknet',
  };
}

/** All by name. */
export const namedNetworks = {
  'unet-2015': {
    inChannels: 1,
    outChannels: 2,
    parameters: 31_030_658,
    model: {
      backbone: { name: 'cbr', ...paper, ...halfDropped, dropoutLevels: [4] },
      center: { name: 'cbr', ...paper, ...halfDropped },
      decoder: {
        name: 'unet',
        ...paper,
        upsampler: heTransposed,
        merge: { name: 'concat', align: 'crop' },
      },
      head: heHead,
    },
  },
  'unet-half': { inChannels: 1, outChannels: 2, parameters: 7_759_554, model: narrow(32) },
  'unet-quarter': { inChannels: 1, outChannels: 2, parameters: 1_940_834, model: narrow(16) },
  'unet-bn': {
    inChannels: 3,
    outChannels: 2,
    parameters: 31_037_698,
    model: {
      backbone: 'cbr',
      center: 'cbr',
      decoder: { name: 'unet', merge: { name: 'concat', align: 'resize' } },
    },
  },
  'unet-bilinear': {
    inChannels: 3,
    outChannels: 1,
    parameters: 28_954_561,
    model: droppedOut({ name: 'bilinear', alignCorners: true, conv: true }),
  },
  'unet-transposed': {
    inChannels: 3,
    outChannels: 1,
    parameters: 31_043_521,
    model: droppedOut('transposed'),
  },
  'unet-crop': {
    inChannels: 1,
    outChannels: 2,
    parameters: 31_042_434,
    model: {
      backbone: { name: 'cbr', ...biasedValid },
      center: { name: 'cbr', ...biasedValid },
      decoder: { name: 'unet', ...biasedValid, merge: { name: 'concat', align: 'crop' } },
    },
  },
  'unet-pad': {
    inChannels: 1,
    outChannels: 2,
    parameters: 31_042_434,
    model: {
      backbone: { name: 'cbr', ...biasedValid },
      center: { name: 'cbr', ...biasedValid },
      decoder: { name: 'unet', ...biasedValid, merge: { name: 'concat', align: 'pad' } },
    },
  },
  'unet-same': {
    inChannels: 1,
    outChannels: 2,
    parameters: 31_042_434,
    model: {
      backbone: { name: 'cbr', ...biased },
      center: { name: 'cbr', ...biased },
      decoder: { name: 'unet', ...biased },
    },
  },
  'unet-oct': {
    inChannels: 1,
    outChannels: 2,
    parameters: 8_563_078,
    model: threeLevels({ name: 'concat', align: 'crop', order: 'up-first' }),
  },
  autoencoder: {
    inChannels: 1,
    outChannels: 2,
    parameters: 7_788_934,
    model: threeLevels({ name: 'none', align: 'crop' }),
  },
  'fcn-32s': {
    inChannels: 3,
    outChannels: 21,
    parameters: 12_993_621,
    model: {
      backbone: { name: 'resnet18', taps: ['layer4'] },
      decoder: { name: 'fcn', initializer: 'xavier-normal' },
      head: 'fcn',
    },
  },
  'fcn-16s': {
    inChannels: 3,
    outChannels: 21,
    parameters: 11_651_322,
    model: {
      backbone: { name: 'resnet18', taps: ['layer3', 'layer4'] },
      decoder: 'fcn',
      head: 'fcn',
    },
  },
  'fcn-8s': {
    inChannels: 3,
    outChannels: 21,
    parameters: 11_322_399,
    model: {
      backbone: { name: 'resnet18', taps: ['layer2', 'layer3', 'layer4'] },
      decoder: 'fcn',
      head: 'fcn',
    },
  },
  linknet: {
    inChannels: 3,
    outChannels: 20,
    parameters: 11_536_820,
    model: {
      backbone: { name: 'resnet18', taps: [...linknetTaps] },
      decoder: 'linknet',
      head: 'linknet',
    },
  },
  linknet34: {
    inChannels: 3,
    outChannels: 1,
    parameters: 21_642_401,
    model: {
      backbone: { name: 'resnet34', taps: [...dLinknetTaps] },
      decoder: dLinknetDecoder,
      head: { name: 'd-linknet', kernels: '3-3-2' },
    },
  },
  'd-linknet18': {
    inChannels: 3,
    outChannels: 1,
    parameters: 20_987_969,
    model: dLinknet('resnet18'),
  },
  'd-linknet34': {
    inChannels: 3,
    outChannels: 1,
    parameters: 31_096_129,
    model: dLinknet('resnet34'),
  },
  'd-linknet50': {
    inChannels: 3,
    outChannels: 1,
    parameters: 217_645_089,
    model: {
      backbone: { name: 'resnet50', taps: [...dLinknetTaps] },
      center: { name: 'dilated', dilations: [1, 2, 4, 8, 16] },
      decoder: dLinknetDecoder,
      head: 'd-linknet',
    },
  },
} satisfies Readonly<Record<string, NamedNetwork>>;
