// What Linux tells of a process under /proc: processor time, whether it is at work, its largest resident size.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One file of every thread of a process; threads may end while they are listed. None where there is no /proc. */
function threadFiles(pid, file) {
  const read = (path) => {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      return [];
    }
  };
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((id) =>
      read(`/proc/${pid}/task/${id}/${file}`),
    );
  } catch {
    return [];
  }
}

/** Seconds that the living threads of a process have spent on a processor, to the microsecond unlike `/proc/PID/stat`. */
export function processorSeconds(pid) {
  const nanoseconds = threadFiles(pid, 'schedstat').map((text) => Number(text.split(' ')[0]));
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e9;
}

/** Seconds that all processors together have been taken since the machine started, in steps of 10 ms; 0 without /proc. */
export function machineSeconds() {
  try {
    const [total] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user, nice, system, , , irq, softirq, steal] = total.split(/\s+/).slice(1).map(Number);
    return (user + nice + system + irq + softirq + steal) / 100;
  } catch {
    return 0;
  }
}

/** Whether a thread of the process computes, be it only spinning for work as OpenMP's do after a parallel region. */
function computes(pid) {
  // The state follows the program's name in parentheses, which may itself hold parentheses.
  return threadFiles(pid, 'stat').some((text) => text[text.lastIndexOf(')') + 2] === 'R');
}

/** Waits until no thread of the process has been seen at work for 20 ms; gives up after 3 s. */
export async function untilIdle(pid) {
  const givenUp = performance.now() + 3000;
  for (let calm = 0; calm < 5 && performance.now() < givenUp; calm++) {
    await sleep(4);
    if (computes(pid)) calm = -1;
  }
}

/**
 * The largest resident size that a process had so far; null where there is no /proc, or no such process any more.
 */
export function peakResidentBytesOf(pid) {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/**
 * The largest resident size that this process had. Read from /proc where that exists: `maxRSS` of getrusage starts with
 * the size of the process that this one was forked from.
 */
export function peakResidentBytes() {
  return peakResidentBytesOf(process.pid) ?? process.resourceUsage().maxRSS * 1024;
}
