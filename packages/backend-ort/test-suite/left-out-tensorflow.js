/** The tests that tfjs-node leaves out of its own runs (names or patterns), with the reason. */
export const tensorflowLeftOut = [];
