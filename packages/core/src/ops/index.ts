export { batchNormEval, batchNormTrain, type BatchNormResult } from './batch-norm.js';
export { conv2d, type Conv2dOptions } from './conv2d.js';
export { convTranspose2d, type ConvTranspose2dOptions } from './conv-transpose2d.js';
export { centerCrop, padToSize } from './fit-size.js';
export { maxPool2d, type MaxPool2dOptions } from './max-pool2d.js';
export { registerGradients } from './register-gradients.js';
export { resizeBilinear, type ResizeBilinearOptions } from './resize-bilinear.js';
export { resizeNearest } from './resize-nearest.js';
