export { cbrBackbone, type CbrBackboneOptions } from './cbr-backbone.js';
export { cbrCenter, type CbrCenterOptions } from './cbr-center.js';
export { dilatedCenter, type DilatedCenterOptions } from './dilated-center.js';
export { identityCenter, type IdentityCenterOptions } from './identity-center.js';
export { backbones, centers } from './plugins.js';
export { resnet101, resnet18, resnet34, resnet50, type ResNetOptions } from './resnet-backbones.js';
