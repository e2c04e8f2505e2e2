import type { Diagnosis } from '../doctor/examine-engines.js';
import type { EngineReport } from '../doctor/engine-report.js';
import type { Machine } from '../doctor/machine/machine.js';
import { wholeBatch } from '../doctor/time-steps.js';
import { formatTable } from './format.js';

/** A diagnosis for people: the machine, a table of engines, why some do not start, what to do. */
export function formatDiagnosis({ auto, autoReason, engines, advice, machine }: Diagnosis): string {
  const table = formatTable(
    ['engine', 'starts', 'correct', 'a training step', 'steps/s'],
    engines.map((report) => [
      report.name === auto ? `${report.name} (auto)` : report.name,
      report.starts ? 'yes' : 'no',
      formatCorrect(report),
      ...formatSpeed(report),
    ]),
  );
  const small = engines.some(({ speed }) => speed !== null && speed.size < wholeBatch.size);
  const footnotes = [
    ...(engines.some(({ speed }) => speed !== null)
      ? [`A training step is one of a U-Net of base width 16 on ${sizeOf(wholeBatch)}.`]
      : []),
    ...(small ? ['* on less, being too slow for it.'] : []),
    ...(machine.load > 0.5 * machine.cores
      ? [
          `Others use the machine (load ${machine.load.toFixed(1)} on ${String(machine.cores)} cores): times are longer than they need be.`,
        ]
      : []),
  ];
  const notes = engines.flatMap(formatNotes);
  const sections = [
    formatMachine(machine),
    table,
    footnotes.join('\n'),
    notes.join('\n'),
    auto === null ? `auto finds no engine: ${autoReason}` : `auto is ${auto}: ${autoReason}.`,
    advice === null
      ? ''
      : `Better: ${advice.why}.${advice.command === null ? '' : `\n  $ ${advice.command}`}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function sizeOf({ batch, size }: { readonly batch: number; readonly size: number }): string {
  return `${String(batch)}x${String(size)}x${String(size)}`;
}

/** Whether it is, and the largest error. */
function formatCorrect({ correct, error }: EngineReport): string {
  if (correct === null) return '-';
  const amount = error === null ? '' : `, ${error.toExponential(0)}`;
  return `${correct ? 'yes' : 'NO'}${amount}`;
}

function formatSpeed({ speed }: EngineReport): readonly [string, string] {
  if (speed === null) return ['-', '-'];
  const seconds = `${speed.secondsPerStep.toPrecision(3)} s`;
  const rate = speed.stepsPerSecond.toPrecision(3);
  return speed.size < wholeBatch.size
    ? [`${seconds} *`, `${rate} on ${sizeOf(speed)}`]
    : [seconds, rate];
}

function formatNotes({ name, reason, hints, missingLibraries, warnings }: EngineReport): string[] {
  const unnamed = missingLibraries.filter((library) => reason?.includes(library) !== true);
  const lines = [
    ...(reason === null ? [] : [reason.replace(`engine ${name}: `, '')]),
    ...(unnamed.length === 0 ? [] : [`Missing: ${unnamed.join(', ')}.`]),
    ...hints,
    ...warnings,
  ];
  return lines.length === 0 ? [] : [`${name}: ${lines.join('\n  ')}`];
}

function formatMachine({ processor, cores, memory, gpus, nvidia, ...machine }: Machine): string {
  const { platform, arch, release, node, packages } = machine;
  const devices = nvidia?.devices.map(({ name, memory: size }) => `${name} (${size})`) ?? [];
  const others = gpus.filter(({ vendor }) => vendor !== 'NVIDIA' || devices.length === 0);
  const listed = [...devices, ...others.map(({ vendor }) => vendor)];
  const driver =
    nvidia === null
      ? ''
      : `; NVIDIA driver ${nvidia.driver}${nvidia.cuda === null ? '' : `, CUDA up to ${nvidia.cuda}`}`;
  return [
    `segkit ${packages.segkit ?? ''}, Node ${node}, ${platform} ${arch} ${release}`,
    `processor: ${processor}, ${String(cores)} cores, ${(memory / 2 ** 30).toFixed(1)} GB of memory`,
    `GPU: ${listed.length === 0 ? 'none found' : listed.join(', ')}${driver}`,
    `packages: ${Object.entries(packages)
      .filter(([name]) => !name.includes('segkit'))
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ].join('\n');
}
