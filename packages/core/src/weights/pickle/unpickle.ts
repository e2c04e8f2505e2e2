import { literals, operations } from './operations.js';
import { PickleMachine, type PickleHost } from './pickle-machine.js';
import type { PickleValue } from './pickle-value.js';

/**
 * Reads a pickle without executing anything: globals are compared with a short list of names, and what is done for
 * them is written here. Whatever else a pickle asks for is an error.
 * @param bytes - May hold more than the pickle.
 * @param start - The pickle's first byte.
 * @param where - The file's name, for messages.
 * @returns The value, and the byte after the pickle.
 * @throws CheckpointError naming the byte, and the global if that is what is wrong.
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  where: string,
  host: PickleHost,
): { readonly value: PickleValue; readonly end: number } {
  const machine = new PickleMachine(bytes, start, where, host);
  while (machine.result === undefined) {
    const code = machine.nextOperation();
    const literal = literals.get(code);
    if (literal !== undefined) {
      machine.push(literal(machine.reader));
      continue;
    }
    const operation = operations.get(code);
    if (operation === undefined) {
      throw machine.reader.error(
        `operation 0x${code.toString(16).padStart(2, '0')} is not one that torch.save writes`,
      );
    }
    operation(machine);
  }
  return { value: machine.result.value, end: machine.reader.position };
}
