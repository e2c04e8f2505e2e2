export { constant, type Initializer } from './initializers.js';
export { evalMode, Module, type EvalMode, type Mode, type TrainMode } from './module.js';
export { Parameter, type ParameterOptions } from './parameter.js';
