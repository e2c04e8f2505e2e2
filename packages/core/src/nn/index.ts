export { BatchNorm2d, type BatchNorm2dOptions } from './batch-norm2d.js';
export {
  ConvBlock,
  convBlockOptions,
  type ConvBlockArguments,
  type ConvBlockOptions,
} from './conv-block.js';
export { Conv2d, type Conv2dLayerOptions } from './conv2d.js';
export { ConvTranspose2d, type ConvTranspose2dLayerOptions } from './conv-transpose2d.js';
export { Dropout, type DropoutOptions } from './dropout.js';
export { Dropout2d, type Dropout2dOptions } from './dropout2d.js';
export {
  initializerOption,
  initializersNamed,
  type ConvInitializers,
  type InitializerName,
} from './initializer-option.js';
export {
  bilinearKernel,
  constant,
  fanOf,
  heNormal,
  torchBiasUniform,
  torchUniform,
  xavierNormal,
  zeros,
  type Fan,
  type Initializer,
} from './initializers.js';
export { MaxPool2d } from './max-pool2d.js';
export { evalMode, Module, type EvalMode, type Mode, type TrainMode } from './module.js';
export { Parameter, type ParameterOptions } from './parameter.js';
