// A side of a comparison: a process of its own that answers a line of JSON for every line it is sent.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The worker that is told this by its only argument. */
function commandOf(file, told) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const program = file.endsWith('.py') ? (process.env.PYTHON ?? 'python3') : process.execPath;
  return [program, [path, JSON.stringify(told)]];
}

/** Whether a side was killed because it took too long. */
export const isLate = ({ info }) => /^no answer after/.test(info.skipped ?? '');

/**
 * Starts a worker and waits until it is warm.
 * @param file - The worker, relative to this folder; a Python one runs by `$PYTHON` or python3.
 * @param told - What it shall measure.
 * @param limit - Seconds until its first answer must be there; it is killed otherwise.
 * @returns `pid`, `info` as the worker tells of itself, `ask(line)` resolving to its answer, `stop()`; `info` is
 *   `{ skipped: reason }` if it cannot measure.
 */
export async function startSide(file, told, limit) {
  const [program, args] = commandOf(file, told);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let failure = 'it ended';
  child.on('error', (error) => (failure = error.message));
  child.on(
    'exit',
    (code, signal) => (failure = late ?? `it ended with ${signal ?? `code ${code}`}`),
  );
  let late;
  const timer = setTimeout(
    () => {
      late = `no answer after ${limit} s`;
      child.kill('SIGKILL');
    },
    limit === undefined ? 2 ** 31 - 1 : 1000 * limit,
  );
  // A worker that has ended says so by its missing answer.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    return { skipped: failure };
  };
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const answered = await answer();
    if (answered.skipped === undefined) return answered;
    throw new Error(`${file} ${JSON.stringify(told)}: ${answered.skipped}`);
  };
  const stop = async () => {
    const running = child.exitCode === null && child.signalCode === null && child.pid !== undefined;
    const ended = running ? new Promise((resolve) => child.once('exit', resolve)) : null;
    child.stdin.end();
    await ended;
  };
  const info = await answer();
  clearTimeout(timer);
  return { file, pid: child.pid, info, ask, stop };
}
