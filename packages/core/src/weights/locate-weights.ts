import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import type { Logger } from '../components/logger.js';
import type { KnownWeights, WeightsSource } from '../components/weights.js';
import { CheckpointError, ConfigError, messageOf } from '../errors.js';
import type { Registry } from '../registry/registry.js';
import { cacheFolder } from './cache-folder.js';
import { downloadFile, hashOf } from './download.js';

/** From where weights are looked for. */
export interface LocateOptions {
  /** Opens the names of registered weights: with `resnet18`, `imagenet` means `resnet18-imagenet`. */
  readonly architecture?: string | undefined;
  /** Where relative paths start. Default: the working directory. */
  readonly baseFolder?: string | undefined;
  /** Told of downloads. */
  readonly logger: Logger;
}

/**
 * Finds the file of weights: a path, what an address was or is now downloaded to, or the same of a registered name.
 * @returns Its path on this machine. A given path is not looked at, unless a checksum is given.
 * @throws CheckpointError if it cannot be downloaded or is another file than its checksum says; ConfigError if the address
 * is neither encrypted nor has a checksum; UnknownComponentError if no weights of that name are registered.
 */
export async function locateWeights(
  registry: Registry,
  { from, sha256 }: WeightsSource,
  { architecture, baseFolder = process.cwd(), logger }: LocateOptions,
): Promise<string> {
  if (/^https?:/i.test(from)) {
    return cached({ url: parseUrl(from), sha256: sha256 ?? hashInName(from) }, logger);
  }
  // Names are registered in kebab-case; a path has a dot or a slash.
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(from)) {
    const known = findKnown(registry, architecture, from);
    return cached({ url: parseUrl(known.url), sha256: known.sha256 }, logger);
  }
  const path = resolve(baseFolder, from);
  if (sha256 !== undefined) await expectHash(path, sha256);
  return path;
}

/** `imagenet` of `resnet18` is registered as `resnet18-imagenet`; the whole name may be given, too. */
function findKnown(
  registry: Registry,
  architecture: string | undefined,
  name: string,
): KnownWeights {
  const known = registry.list('weights').map((plugin) => plugin.name);
  const full = architecture === undefined ? name : `${architecture}-${name}`;
  const found = known.includes(name) && !known.includes(full) ? name : full;
  return registry.create('weights', { name: found }, {});
}

/** The first digits of its hash, which torchvision puts into a file's name: `resnet18-f37072fd.pth`. */
function hashInName(url: string): string | undefined {
  return /-([0-9a-f]{8,64})\.\w+$/.exec(parseUrl(url).pathname)?.[1];
}

interface Address {
  readonly url: URL;
  readonly sha256: string | undefined;
}

/** The file of an address in the cache, downloaded if it is not there or not what it should be. */
async function cached({ url, sha256 }: Address, logger: Logger): Promise<string> {
  const { href, pathname, hostname } = url;
  expectTrustworthy(url, sha256);
  // Files of one name from different addresses lie apart.
  const place = createHash('sha256').update(href).digest('hex').slice(0, 12);
  const name = basename(pathname).replaceAll(/[^\w.-]/g, '_') || 'weights';
  const path = join(cacheFolder(), 'weights', place, name);
  if (await isThere(path, sha256)) return path;
  logger.info(`downloading ${name} from ${hostname} to ${path}`);
  await downloadFile(href, path, { sha256, onProgress: reportQuarters(name, logger) });
  return path;
}

/** A few digits tell damage from sound, but anyone on the way could find another file that has them. */
function expectTrustworthy({ href, protocol }: URL, sha256: string | undefined): void {
  if (sha256 !== undefined && !/^[0-9a-f]{8,64}$/.test(sha256)) {
    throw new ConfigError(
      `weights: ${href} is registered with the SHA-256 "${sha256}", expected 8 to 64 hexadecimal digits.`,
    );
  }
  if (protocol === 'https:' || sha256?.length === 64) return;
  throw new ConfigError(
    `weights: ${href} is not encrypted, so anyone on the way could change it; use https, or give all 64 digits of "sha256".`,
  );
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (error) {
    throw new ConfigError(`weights: ${url} is no address (${messageOf(error)}).`);
  }
}

async function isThere(path: string, sha256: string | undefined): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
  } catch {
    return false;
  }
  return sha256 === undefined || (await hashOf(path)).startsWith(sha256);
}

async function expectHash(path: string, sha256: string): Promise<void> {
  let received;
  try {
    received = await hashOf(path);
  } catch (error) {
    throw new CheckpointError(
      `${path}: cannot be read (${messageOf(error)}); check the path of the weights.`,
      { cause: error },
    );
  }
  if (received.startsWith(sha256)) return;
  throw new CheckpointError(
    `${path}: expected the SHA-256 ${sha256}, received ${received.slice(0, Math.max(16, sha256.length))}; ` +
      'it is another file, or it is damaged.',
  );
}

/** Logs at every quarter. */
function reportQuarters(name: string, logger: Logger) {
  let told = 0;
  return (received: number, total: number | undefined): void => {
    const quarter = total === undefined ? 0 : Math.floor((4 * received) / total);
    if (quarter <= told) return;
    told = quarter;
    const [done, all] = [received, total ?? 0].map((bytes) => (bytes / 1e6).toFixed(1));
    logger.info(`${name}: ${String(done)} of ${String(all)} MB`);
  };
}
