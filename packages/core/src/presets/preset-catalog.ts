import { DuplicateComponentError, UnknownComponentError } from '../errors.js';
import { nearestFirst } from '../registry/describe-issue.js';
import type { Preset } from './preset.js';

/** The presets that an app knows, by name. */
export class PresetCatalog {
  readonly #presets = new Map<string, Preset>();

  /**
   * Adds a preset.
   * @throws DuplicateComponentError if there is one of this name already.
   */
  add(preset: Preset): void {
    if (this.#presets.has(preset.name)) {
      throw new DuplicateComponentError(
        `plugins: a preset named "${preset.name}" is registered already; ` +
          'give yours another name or leave the other one out.',
      );
    }
    this.#presets.set(preset.name, preset);
  }

  /** All presets, in the order in which they were added. */
  list(): readonly Preset[] {
    return [...this.#presets.values()];
  }

  /**
   * The preset of a name.
   * @throws UnknownComponentError listing all names, nearest first.
   */
  find(name: string): Preset {
    const preset = this.#presets.get(name);
    if (preset !== undefined) return preset;
    const known = nearestFirst(name, [...this.#presets.keys()]).join(', ');
    throw new UnknownComponentError(
      known === ''
        ? `unknown preset "${name}": no preset is registered; pass presets to createApp({ plugins }).`
        : `unknown preset "${name}"; registered, nearest first: ${known}.`,
    );
  }
}
