export { connectedComponents } from '@segkit/core';
