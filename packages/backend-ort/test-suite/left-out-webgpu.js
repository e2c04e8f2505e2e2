/** The tests that tfjs-backend-webgpu leaves out of its own runs (names or patterns), with the reason. */
export const webgpuLeftOut = [];
