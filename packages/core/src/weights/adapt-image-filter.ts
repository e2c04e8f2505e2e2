import type { NamedArray } from '../components/optimizer.js';

/**
 * Fits the first filter of a network to images of other channels, so that activations keep their size: for one channel
 * the channels are summed (a grey image is as if it were given in every colour), for others they are repeated in turn
 * and scaled by `from / to`.
 * @param filter - OIHW.
 * @param to - Channels of the image.
 * @see https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/_manipulate.py
 */
export function adaptImageFilter({ shape, data }: NamedArray, to: number): NamedArray {
  const [outputs = 0, from = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const adapted = new Float32Array(outputs * to * area);
  const scale = to === 1 ? 1 : from / to;
  // To sum, every channel of the file goes into channel 0; to repeat, every channel of the image takes one.
  const turns = to === 1 ? from : to;
  for (let output = 0; output < outputs; output++) {
    for (let turn = 0; turn < turns; turn++) {
      const source = (output * from + (turn % from)) * area;
      const target = (output * to + (turn % to)) * area;
      for (let i = 0; i < area; i++) {
        adapted[target + i] = (adapted[target + i] ?? 0) + scale * (data[source + i] ?? 0);
      }
    }
  }
  return { shape: [outputs, to, height, width], data: adapted };
}
