import { sameShape } from '../graph/shape.js';
import type { Program } from './program.js';
import type { Trace } from './trace.js';

/** Loaded graphs by the structure of what they compute; the least recently used is unloaded first. */
export class ProgramCache {
  readonly #programs = new Map<number, Program[]>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The program of an equal trace. */
  find({ hash, key }: Trace): Program | undefined {
    const bucket = this.#programs.get(hash);
    const program = bucket?.find((candidate) => sameShape(candidate.key, key));
    if (bucket !== undefined && program !== undefined) {
      this.#programs.delete(hash);
      this.#programs.set(hash, bucket);
    }
    return program;
  }

  /** Adds a program, and unloads the oldest beyond `capacity`. */
  add({ hash }: Trace, program: Program, capacity: number): void {
    const bucket = this.#programs.get(hash) ?? [];
    this.#programs.delete(hash);
    this.#programs.set(hash, [...bucket, program]);
    this.#count += 1;
    for (const [oldest, programs] of this.#programs) {
      if (this.#count <= capacity || oldest === hash) break;
      this.#unload(oldest, programs);
    }
  }

  clear(): void {
    for (const [hash, programs] of this.#programs) this.#unload(hash, programs);
  }

  #unload(hash: number, programs: readonly Program[]): void {
    for (const program of programs) program.dispose();
    this.#count -= programs.length;
    this.#programs.delete(hash);
  }
}
