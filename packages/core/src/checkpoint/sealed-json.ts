import { createHash } from 'node:crypto';

import { CheckpointError } from '../errors.js';

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A JSON document that tells whether it is whole: one line with the checksum of the lines that follow, then those. */
export function sealJson(key: string, body: string): Uint8Array {
  return Buffer.from(`{"checksum":"${checksumOf(body)}","${key}":\n${body}\n}\n`);
}

/**
 * The body of what {@link sealJson} made.
 * @param where - The file's name, for messages.
 * @throws CheckpointError if it is damaged.
 */
export function unsealJson(bytes: Uint8Array, key: string, where: string): string {
  const [, checksum, found, body] =
    /^\{"checksum":"([0-9a-f]{64})","([a-z]+)":\n([^]*)\n\}\n$/.exec(
      Buffer.from(bytes).toString(),
    ) ?? [];
  if (found === key && body !== undefined && checksumOf(body) === checksum) return body;
  throw new CheckpointError(`${where}: is damaged: its checksum does not fit its content.`);
}
