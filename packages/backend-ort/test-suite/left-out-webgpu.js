const missing = 'the backend has no such kernel';
const unchecked = 'kernels on the GPU cannot throw; wrong indices go unnoticed';
const nan = "WGSL does not promise that NaN passes through; SwiftShader's functions lose it";
const precision = "SwiftShader's functions are less precise than the test asks for";

/** The tests of tfjs-core that do not hold on tfjs-backend-webgpu (names or patterns), with the reason. */
export const webgpuLeftOut = [
  { tests: 'bitwiseAnd *', reason: missing },
  { tests: 'nonMaxSuppression NonMaxSuppressionPadded *', reason: missing },
  { tests: 'ragged*', reason: missing },
  { tests: 'sparseFillEmptyRows *', reason: missing },
  { tests: 'sparseReshape *', reason: missing },
  { tests: 'staticRegexReplace *', reason: missing },
  { tests: 'stringSplit *', reason: missing },
  { tests: 'stringToHashBucketFast *', reason: missing },
  { tests: 'unique *', reason: missing },
  { tests: 'broadcastArgs ([1,2], [1,3]) -> error', reason: unchecked },
  { tests: 'gather throws when index is out of bound', reason: unchecked },
  { tests: 'sparseSegmentMean throw error *', reason: unchecked },
  { tests: 'sparseSegmentSum indices invalid *', reason: unchecked },
  { tests: 'sparseSegmentSum segments invalid *', reason: unchecked },
  { tests: 'acosh propagates NaNs', reason: nan },
  { tests: 'asinh propagates NaNs', reason: nan },
  { tests: 'atanh propagates NaNs', reason: nan },
  { tests: 'log log propagates NaNs', reason: nan },
  { tests: 'sigmoid propagates NaNs', reason: nan },
  { tests: 'softmax Propagates NaNs', reason: nan },
  { tests: 'cos gradients: Scalar', reason: precision },
  { tests: 'cos gradient with clones', reason: precision },
  { tests: 'exp int32', reason: precision },
  { tests: 'tan numbers exceed float32 precision', reason: precision },
  { tests: 'tan gradients: Tensor2D', reason: precision },
  { tests: 'fromPixels, mock canvas *', reason: 'copies images from canvases, which Node lacks' },
  {
    tests: 'threshold method otsu*',
    reason: 'the kernel of a product mixes number types, which WGSL refuses',
  },
  { tests: 'time cpu simple upload', reason: 'uploading takes no time that is measured' },
];
