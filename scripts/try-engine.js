// Starts the engine that SEGKIT_TEST_ENGINE names, of the built packages; says why it does not, and ends with 3.
import { createApp, EngineError, engines, silentLogger } from 'segkit';

try {
  const name = process.env.SEGKIT_TEST_ENGINE;
  // On SwiftShader, where there is no other.
  const options = name === 'webgpu' ? { fallbackAdapter: true } : {};
  await createApp({ plugins: engines, logger: silentLogger }).startEngine({ name, ...options });
} catch (error) {
  if (!(error instanceof EngineError)) throw error;
  console.log(error.message);
  process.exitCode = 3;
}
