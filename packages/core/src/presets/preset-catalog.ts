import { DuplicateComponentError, UnknownComponentError } from '../errors.js';
import { takenName, unknownName } from '../registry/describe-issue.js';
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
      throw new DuplicateComponentError(takenName('preset', preset.name));
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
    const known = [...this.#presets.keys()];
    throw new UnknownComponentError(
      unknownName('preset', name, known, 'pass presets to createApp({ plugins })'),
    );
  }
}
