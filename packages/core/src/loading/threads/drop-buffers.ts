import { MessageChannel } from 'node:worker_threads';

/**
 * Makes what gives memory back at once. Pixels are a burden that the garbage collector hardly sees: left to it, it looks through
 * all that a program holds every few batches. What is sent to a closed port is gone.
 * @returns Takes buffers, each once; arrays on them have no elements any more.
 */
export function createBufferDrop(): (buffers: readonly ArrayBuffer[]) => void {
  const { port1 } = new MessageChannel();
  port1.close();
  return (buffers) => {
    port1.postMessage(null, buffers);
  };
}
