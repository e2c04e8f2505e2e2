/** How the elements of a stored tensor are coded; safetensors' names. */
export type ElementType = keyof typeof byteLengths;

const byteLengths = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** Names of all element types that can be read. */
export const elementTypes = Object.keys(byteLengths) as readonly ElementType[];

/** Bytes of one element. */
export function elementBytes(type: ElementType): number {
  return byteLengths[type];
}

/** Whether a name is that of an element type that can be read. */
export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(byteLengths, name);
}

/**
 * Converts little-endian elements to float32. Integers beyond 2^24 and doubles are rounded, booleans become 0 and 1.
 * @param bytes - A whole number of elements, aligned; the result may share their memory.
 */
export function toFloat32(bytes: Uint8Array, type: ElementType): Float32Array {
  const length = bytes.length / byteLengths[type];
  const { buffer, byteOffset } = bytes;
  switch (type) {
    case 'F32':
      return new Float32Array(buffer as ArrayBuffer, byteOffset, length);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, length));
    case 'F16':
      return fromHalf(new Uint16Array(buffer, byteOffset, length));
    case 'BF16':
      return fromBrainFloat(new Uint16Array(buffer, byteOffset, length));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, length), Number);
    case 'U64':
      return Float32Array.from(new BigUint64Array(buffer, byteOffset, length), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer, byteOffset, length));
    case 'U32':
      return Float32Array.from(new Uint32Array(buffer, byteOffset, length));
    case 'I16':
      return Float32Array.from(new Int16Array(buffer, byteOffset, length));
    case 'U16':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, length));
    case 'I8':
      return Float32Array.from(new Int8Array(buffer, byteOffset, length));
    case 'U8':
      return Float32Array.from(bytes);
    case 'BOOL':
      return Float32Array.from(bytes, (value) => (value === 0 ? 0 : 1));
  }
}

/** bfloat16 is the upper half of a float32. */
function fromBrainFloat(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** 2^(exponent - 25) for every exponent of a half. */
const halfScales = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 25));

/** IEEE 754 binary16: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    let magnitude;
    if (exponent === 31) magnitude = fraction === 0 ? Infinity : NaN;
    else if (exponent === 0) magnitude = fraction * 2 ** -24;
    else magnitude = (1024 + fraction) * (halfScales[exponent] as number);
    values[i] = half >> 15 === 0 ? magnitude : -magnitude;
  }
  return values;
}
