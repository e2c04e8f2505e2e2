import { expect, test } from 'vitest';

import { toFloat32 } from './element-type.js';

test('every half becomes the float32 of the same value', () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
  const values = toFloat32(new Uint8Array(halves.buffer), 'F16');
  // By the definition: (-1)^sign * 2^(exponent - 15) * 1.fraction, or 2^-14 * 0.fraction for exponent 0.
  const expected = Float32Array.from(halves, (half) => {
    const [sign, exponent, fraction] = [half >> 15, (half >> 10) & 31, (half & 1023) / 1024];
    if (exponent === 31) return fraction > 0 ? NaN : (-1) ** sign * Infinity;
    const significand = exponent === 0 ? fraction : 1 + fraction;
    return (-1) ** sign * significand * 2 ** (Math.max(exponent, 1) - 15);
  });
  expect(values.every((value, i) => Object.is(value, expected[i]))).toBe(true);
});

test('doubles and large integers are rounded', () => {
  const doubles = Float64Array.of(0.1, 1e300);
  expect([...toFloat32(new Uint8Array(doubles.buffer), 'F64')]).toEqual([
    Math.fround(0.1),
    Infinity,
  ]);
  const integers = BigInt64Array.of(2n ** 53n + 1n, -7n);
  expect([...toFloat32(new Uint8Array(integers.buffer), 'I64')]).toEqual([2 ** 53, -7]);
});
