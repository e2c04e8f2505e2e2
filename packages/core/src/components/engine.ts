/** Makes a TensorFlow.js backend ready for training. */
export interface Engine {
  readonly name: string;
  /**
   * Loads the backend and makes it current.
   * @throws EngineError saying what is missing and how to install it.
   */
  start(): Promise<void>;
}

/** Options of every engine by name; plugins merge theirs in. */
export interface EngineOptions {}
