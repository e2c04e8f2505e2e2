import { describe, expect, it } from 'vitest';

import { GraphError, OutOfMemoryError } from '../errors.js';
import { graphError } from './graph-error.js';

const cause = (status: string): Error =>
  new Error(
    `Non-zero status code returned while running Conv node. Name:'Conv2D [1x8x8x3], [3x3x3x16]#4' Status Message: ${status}`,
  );

it('names the tfjs kernel, its shapes, and what ONNX Runtime says', () => {
  const error = graphError('does not run', cause('no such kernel'));
  expect(error).toBeInstanceOf(GraphError);
  expect(error.message).toMatch(
    /^backend ort: a graph does not run at the tfjs kernel Conv2D \[1x8x8x3\], \[3x3x3x16\]\. ONNX Runtime: Non-zero .*no such kernel$/,
  );
  expect(error.cause).toEqual(cause('no such kernel'));
});

it('names a kernel of scalars, and one without inputs', () => {
  expect(graphError('fails', "Name:'Add [], [2]#0'").message).toContain(
    'the tfjs kernel Add [], [2].',
  );
  expect(graphError('fails', "Name:'Fill#12'").message).toContain('the tfjs kernel Fill.');
});

it('names none where ONNX Runtime names none', () => {
  expect(graphError('does not build', new Error('bad bytes')).message).toBe(
    'backend ort: a graph does not build. ONNX Runtime: bad bytes',
  );
});

describe.each([
  'std::bad_alloc',
  'bfc_arena.cc:359 Failed to allocate memory for requested buffer of size 4398046511104',
  'CUDA failure 2: out of memory',
])('too little memory: %s', (status) => {
  it('is an error of its own, with advice', () => {
    const error = graphError('does not run', cause(status));
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error.message).toContain(
      'memory did not suffice for a graph at the tfjs kernel Conv2D [1x8x8x3]',
    );
    expect(error.message).toContain('use smaller batches or images');
  });
});
