const noKernel = (kernel) => `tfjs-node has no kernel ${kernel}`;
const padding = "tfjs-node pools and transposes with 'same' and 'valid' padding alone";
const strings = "TensorFlow's comparisons take no strings";
const integers = 'TensorFlow has this operation for floats alone';
const flat = 'TensorFlow takes indices of rank 2 and more';
const sign = "TensorFlow's sign of NaN is NaN, tfjs's is 0";
const unchecked = 'TensorFlow computes what tfjs refuses';

/**
 * Tests that tfjs-node leaves out of its own runs (names or patterns, of its run_tests.ts) and that fail with a current
 * TensorFlow, with the reason. What it leaves out besides passes, and runs here.
 */
export const tensorflowLeftOut = [
  { tests: 'avgPool x=[3,3,1] f=[3,3] s=1 p=explicit', reason: padding },
  { tests: 'avgPool x=[2,2,3] f=* p=1 *', reason: padding },
  { tests: 'avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit', reason: padding },
  { tests: 'avgPool3d x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor', reason: padding },
  { tests: 'avgPool3d x=[1,1,1,1,1] f=[2,2,2] s=1 p=2', reason: padding },
  {
    tests: 'avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid',
    reason: 'TensorFlow refuses a result without values',
  },
  { tests: 'maxPool x=[3,3,1] f=[3,3] s=1 p=explicit', reason: padding },
  { tests: 'maxPool x=[2,2,3] f=* p=1 *', reason: padding },
  { tests: 'maxPoolBackprop gradient x=[3,3,1] f=3 s=1 p=explicit', reason: padding },
  { tests: 'maxPool3d x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor', reason: padding },
  { tests: 'pool * p=explicit*', reason: padding },
  { tests: 'pool * p=1 fractional outputs default rounding', reason: padding },
  { tests: 'conv2dTranspose *p=explicit', reason: padding },
  {
    tests: 'conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
    reason: 'its output has another size than its input makes, which TensorFlow refuses',
  },
  { tests: 'fused conv2d * in NCHW*', reason: 'tfjs-node fuses NHWC alone' },
  { tests: 'bitwiseAnd a bitwiseAnd b', reason: noKernel('BitwiseAnd') },
  { tests: 'denseBincount *', reason: noKernel('DenseBincount') },
  { tests: 'rotateWithOffset *', reason: noKernel('RotateWithOffset') },
  { tests: 'image.transform *', reason: noKernel('Transform') },
  { tests: 'maxPoolWithArgmax *', reason: noKernel('MaxPoolWithArgmax') },
  { tests: 'lowerBound *', reason: noKernel('SearchSorted') },
  { tests: 'upperBound *', reason: noKernel('SearchSorted') },
  { tests: 'searchSorted *', reason: noKernel('SearchSorted') },
  { tests: 'raggedGather *', reason: noKernel('RaggedGather') },
  { tests: 'raggedRange *', reason: noKernel('RaggedRange') },
  { tests: 'raggedTensorToTensor *', reason: noKernel('RaggedTensorToTensor') },
  { tests: 'sparseFillEmptyRows *', reason: noKernel('SparseFillEmptyRows') },
  { tests: 'sparseReshape *', reason: noKernel('SparseReshape') },
  { tests: 'sparseSegmentMean *', reason: noKernel('SparseSegmentMean') },
  { tests: 'sparseSegmentSum *', reason: noKernel('SparseSegmentSum') },
  { tests: 'stringNGrams *', reason: noKernel('StringNGrams') },
  { tests: 'stringSplit *', reason: noKernel('StringSplit') },
  { tests: 'stringToHashBucketFast *', reason: noKernel('StringToHashBucketFast') },
  { tests: 'greater should support string comparison', reason: strings },
  { tests: 'greaterEqual should support string comparison', reason: strings },
  { tests: 'less should support string comparison', reason: strings },
  { tests: 'lessEqual should support string comparison', reason: strings },
  { tests: 'leakyrelu int32', reason: integers },
  { tests: 'step kernel with int32 tensor', reason: integers },
  { tests: 'diag bool', reason: 'TensorFlow has no diagonals of booleans' },
  { tests: 'einsum 2d matrix calculate trace: duplicate axes*', reason: unchecked },
  { tests: 'einsum nonexistent dimension throws error', reason: unchecked },
  { tests: 'scatterND should work *d', reason: flat },
  { tests: 'scatterND should work for tensorLike input', reason: flat },
  { tests: 'scatterND should sum the duplicated indices', reason: flat },
  { tests: 'sign basic', reason: sign },
  { tests: 'sign does not propagate NaNs', reason: sign },
  { tests: 'sign accepts a tensor-like object', reason: sign },
  {
    tests: 'multinomial creates the same data given the same seed',
    reason: 'TensorFlow has a seed of its own',
  },
  {
    tests: 'tan numbers exceed float32 precision',
    reason: 'differs in the last digit of a float32',
  },
  { tests: 'unique 1d tensor with NaN and Infinity', reason: 'TensorFlow counts every NaN' },
];
