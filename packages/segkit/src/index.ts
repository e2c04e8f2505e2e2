export * from '@segkit/core';
export {
  backbones,
  cbrBackbone,
  cbrCenter,
  centers,
  dilatedCenter,
  identityCenter,
  resnet18,
  resnet34,
} from '@segkit/backbones';
export {
  callbacks,
  checkpoint,
  csvLog,
  earlyStopping,
  jsonlLog,
  progress,
} from '@segkit/callbacks';
export { cpu, engines, tfjsNode, tfjsNodeGpu, wasm } from '@segkit/engines';
export {
  addMerge,
  bilinearUpsampler,
  concatMerge,
  conv1x1Head,
  decoders,
  dLinknetHead,
  heads,
  linknetDecoder,
  linknetHead,
  merges,
  nearestUpsampler,
  transposedUpsampler,
  unetDecoder,
  upsamplers,
} from '@segkit/heads';
export {
  bce,
  bceDice,
  bceIou,
  ce,
  charbonnier,
  dice,
  focal,
  jaccard,
  l1,
  losses,
  lovaszSoftmax,
  mse,
  tversky,
  weightedBorderCe,
  weightedSum,
} from '@segkit/losses';
// The per-class functions `dice`, `iou`, `precision` and `recall` stay in @segkit/metrics: `dice` here is the loss.
export {
  frequencyWeightedIoU,
  meanClassAccuracy,
  meanDice,
  meanIoU,
  metrics,
  perClassTable,
  perImage,
  pixelAccuracy,
  psnr,
  segmentation,
  type PerClassRow,
} from '@segkit/metrics';
export { firstParty } from './first-party.js';
