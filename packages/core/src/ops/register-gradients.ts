/**
 * Registers the gradients of tfjs-core's kernels, which its Node build leaves out. Engines need it once; safe to
 * call again.
 */
export async function registerGradients(): Promise<void> {
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
}
