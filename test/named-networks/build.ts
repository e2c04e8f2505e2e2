import { buildModel, type SegmentationModel } from 'segkit';

import { app, type NamedNetwork } from './configs.js';

/** Builds a network; no weight is allocated. */
export function build({ model, inChannels, outChannels }: NamedNetwork): SegmentationModel {
  const { registry } = app;
  const spec = {
    backbone: registry.spec('backbone').parse(model.backbone),
    center: registry.spec('center').parse(model.center ?? 'identity'),
    decoder: registry.spec('decoder').parse(model.decoder),
    head: registry.spec('head').parse(model.head ?? 'conv1x1'),
  };
  return buildModel(registry, spec, { inChannels, outChannels });
}
