/** Mantissas between 1 and 2 are interpolated between this many. */
const entries = 2048;
const entryBits = 11;
const mantissaBits = 23;
const restBits = mantissaBits - entryBits;
const wordOfOne = 0x3f800000;

/**
 * Raises numbers to a power, in place, after cutting them to [0, 1]; an error of some 1e-7 of the result. A float32 is `2^e * m`, and its
 * power `2^(e * exponent) * m^exponent`: both factors come from tables, which takes a tenth of `Math.pow`'s time.
 * @param exponent - Positive.
 */
export function raise(values: Float32Array, exponent: number): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  // Exponent 0 holds zero and numbers so small that their power is taken for zero; 126 that of numbers below 1.
  const scales = Float64Array.from({ length: 128 }, (_, e) =>
    e === 0 ? 0 : 2 ** ((e - 127) * exponent),
  );
  const mantissas = Float64Array.from(
    { length: entries + 1 },
    (_, i) => (1 + i / entries) ** exponent,
  );
  const restMask = (1 << restBits) - 1;
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number;
    // Negative numbers are negative words, and numbers above 1 are words above that of 1.
    if (word <= 0 || word >= wordOfOne) {
      values[i] = word <= 0 ? 0 : 1;
      continue;
    }
    const entry = (word >> restBits) & (entries - 1);
    const low = mantissas[entry] as number;
    const high = mantissas[entry + 1] as number;
    const mantissa = low + ((high - low) * (word & restMask)) / (1 << restBits);
    values[i] = (scales[word >> mantissaBits] as number) * mantissa;
  }
}
