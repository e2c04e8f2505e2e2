import type { EngineReport } from './engine-report.js';
import type { Gpu } from './machine/gpus.js';
import type { Machine } from './machine/machine.js';

/** What would make training right or faster on this machine. */
export interface Advice {
  readonly why: string;
  /** The command that does it; `null` if the engine's reason tells all there is to do. */
  readonly command: string | null;
}

/** Engines that compute on a GPU, the fastest first, and whose. */
const gpuEngines: readonly (readonly [name: string, vendors: readonly Gpu['vendor'][]])[] = [
  ['tfjs-node-gpu', ['NVIDIA']],
  ['webgpu', ['NVIDIA', 'AMD', 'Intel', 'Apple']],
];

/** So much faster another engine must be to be worth a word. */
const worthwhile = 1.25;

/**
 * The one thing to do.
 * @param auto - The engine that runs if the config names none.
 * @returns `null` if nothing better is known.
 */
export function adviceFor(
  machine: Machine,
  reports: readonly EngineReport[],
  auto: string | null,
): Advice | null {
  const current = reports.find(({ name }) => name === auto);
  const best = fastest(reports);
  if (auto === null || current?.correct === false) {
    const trouble = auto === null ? 'no engine is found by itself' : `${auto} is not to be trusted`;
    return best === undefined ? null : choose(best, trouble);
  }
  const gpu = gpuEngine(machine, reports, auto);
  if (gpu !== undefined) return gpu;
  const ort = reports.find(({ name }) => name === 'ort');
  if (ort?.starts === false && (auto === 'wasm' || auto === 'cpu')) {
    return { why: 'ort is several times faster than what runs now', command: commandIn(ort) };
  }
  if (best?.speed && current?.speed) {
    const factor = current.speed.secondsPerStep / best.speed.secondsPerStep;
    if (factor > worthwhile && sameWork(best, current)) {
      return choose(best, `it is ${factor.toFixed(1)} times as fast as ${auto} here`);
    }
  }
  return null;
}

/** An engine for a GPU that is there and not used. */
function gpuEngine(
  { gpus, nvidia, platform, arch }: Machine,
  reports: readonly EngineReport[],
  auto: string,
): Advice | undefined {
  if (gpuEngines.some(([name]) => name === auto)) return undefined;
  const present = new Set<Gpu['vendor']>(gpus.map(({ vendor }) => vendor));
  if (nvidia !== null) present.add('NVIDIA');
  for (const [name, vendors] of gpuEngines) {
    const vendor = vendors.find((each) => present.has(each));
    const report = reports.find((each) => each.name === name);
    // TensorFlow is built with CUDA for these alone.
    const impossible = name === 'tfjs-node-gpu' && (arch !== 'x64' || platform === 'darwin');
    if (vendor === undefined || report === undefined || report.starts || impossible) continue;
    return {
      why: `this machine has a GPU of ${vendor} that ${auto} does not use; ${name} would`,
      command: commandIn(report),
    };
  }
  return undefined;
}

function fastest(reports: readonly EngineReport[]): EngineReport | undefined {
  const usable = reports.filter(({ correct, speed }) => correct === true && speed !== null);
  const pace = ({ speed }: EngineReport): number =>
    speed === null ? Infinity : speed.secondsPerStep / (speed.batch * speed.size ** 2);
  return usable.toSorted((a, b) => pace(a) - pace(b))[0];
}

function sameWork(a: EngineReport, b: EngineReport): boolean {
  return a.speed?.size === b.speed?.size && a.speed?.batch === b.speed?.batch;
}

function choose({ name }: EngineReport, why: string): Advice {
  return {
    why: `${why}; ${name} is correct`,
    command: `npx segkit train segkit.config.ts --set engine=${name}`,
  };
}

/** The command that an engine's message quotes, and the folder that it says to delete before. */
function commandIn({ reason }: EngineReport): string | null {
  const quoted = /(?:Delete (\S+) and run )?"((?:[A-Z_]+=\S+ )?(?:npm|npx) [^"]+)"/.exec(
    reason ?? '',
  );
  if (quoted?.[2] === undefined) return null;
  return quoted[1] === undefined ? quoted[2] : `rm -r ${quoted[1]} && ${quoted[2]}`;
}
