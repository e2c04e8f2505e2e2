import type { Dtype, NumericArray } from '../graph/dtype.js';

/** Numbers in memory, shared by the tensors that hold them and the recorded kernels that read them. */
export class Storage {
  readonly dtype: Dtype;
  readonly array: NumericArray;
  /** Whether it is a number without axes that a program wrote, such as a learning rate; it may become a constant of a graph. */
  readonly isScalar: boolean;
  /** Tensors that hold it. */
  tensors = 1;
  /** The recording epoch in which a kernel that reads it was last recorded; see {@link Recorder.epoch}. */
  readInEpoch = -1;
  /**
   * `held`: the array is this storage's own. `lent`: another storage took it over. `lost`: a run that failed may have
   * written to it.
   */
  state: 'held' | 'lent' | 'lost' = 'held';
  /** Its wrapping for ONNX Runtime, kept between runs. */
  wrapped: unknown = undefined;

  constructor(dtype: Dtype, array: NumericArray, isScalar = false) {
    this.dtype = dtype;
    this.array = array;
    this.isScalar = isScalar;
  }
}
