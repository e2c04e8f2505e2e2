import {
  engines,
  findBinding,
  installTensorflow,
  readState,
  uninstallTensorflow,
  type BindingPackage,
} from '@segkit/engines';
import type { Command } from 'commander';

import { formatTable, toJson } from './format.js';
import type { Terminal } from './terminal.js';

interface InstallCommandOptions {
  readonly wheel?: string;
  readonly from?: string;
  readonly gpu?: true;
  readonly nodeHeaders?: string;
  readonly json?: true;
}

const installHelp = `
@tensorflow/tfjs-node and -gpu come with TensorFlow 2.9 of 2022, which is
downloaded when npm installs them, and for the GPU needs CUDA 11.2. This command
gives them the C library of a current TensorFlow for Python: it takes library
and headers out of a wheel, or out of the folder of an installed one, builds the
binding, lets it make a training step, and then puts it in place; npm's own is
kept aside and comes back by uninstall-tensorflow. Linux only. It needs:

  npm install --ignore-scripts @tensorflow/tfjs-node   (or without the option)
  python3, make and a C++ compiler; npm's node-gyp; Node's headers
  1 GB of disk

Without --wheel and --from it says which wheel to download.

Example:
  $ npm install --ignore-scripts @tensorflow/tfjs-node
  $ python3 -m pip download --no-deps tensorflow-cpu
  $ segkit engines install-tensorflow --wheel tensorflow_cpu-*.whl
  $ segkit train segkit.config.ts --set engine=tfjs-node`;

/** Adds `segkit engines`, `segkit engines install-tensorflow` and `segkit engines uninstall-tensorflow`. */
export function addEnginesCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('engines')
    .description('List the engines, and give tfjs-node a current TensorFlow.')
    .enablePositionalOptions()
    .option('--json', 'print an array of JSON objects')
    .action(({ json }: { readonly json?: true }) => {
      terminal.writeOut(json === true ? toJson(listEngines()) : formatEngines());
    });
  command
    .command('install-tensorflow')
    .description("Put a current TensorFlow's C library into @tensorflow/tfjs-node.")
    .option('--wheel <file>', 'a wheel of tensorflow-cpu or tensorflow, for any version of Python')
    .option('--from <folder>', 'an installed tensorflow, or an unpacked archive of libtensorflow')
    .option('--gpu', 'into @tensorflow/tfjs-node-gpu')
    .option('--node-headers <folder>', 'the folder above include/node; default: beside node')
    .option('--json', 'print one JSON object')
    .addHelpText('after', installHelp)
    .action((options: InstallCommandOptions) => install(options, terminal));
  command
    .command('uninstall-tensorflow')
    .description('Take it out again, and put back what npm had installed.')
    .option('--gpu', 'of @tensorflow/tfjs-node-gpu')
    .action(async ({ gpu }: { readonly gpu?: true }) => {
      const found = await uninstallTensorflow({ gpu: gpu === true });
      terminal.writeOut(found ? 'TensorFlow is taken out.\n' : 'There was none of ours.\n');
    });
}

async function install(
  { json, gpu, ...options }: InstallCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const installed = await installTensorflow({
    ...options,
    gpu: gpu === true,
    onMessage: (message) => {
      terminal.writeErr(`${message}\n`);
    },
  });
  if (json === true) {
    terminal.writeOut(toJson(installed));
    return;
  }
  const { tensorflow, already, folder } = installed;
  const device =
    gpu !== true ? '' : installed.gpu ? ', on a CUDA device' : ', without a CUDA device';
  terminal.writeOut(
    `TensorFlow ${tensorflow} ${already ? 'is already' : 'is now'} in ${folder}${device}.\n` +
      `Use it: segkit train segkit.config.ts --set engine=${gpu === true ? 'tfjs-node-gpu' : 'tfjs-node'}\n`,
  );
}

interface ListedEngine {
  readonly name: string;
  readonly description: string;
  /** What is there of a package that segkit does not bring; `null` if it needs none. */
  readonly library: string | null;
}

const bindings: Readonly<Partial<Record<string, BindingPackage>>> = {
  'tfjs-node': '@tensorflow/tfjs-node',
  'tfjs-node-gpu': '@tensorflow/tfjs-node-gpu',
};

function libraryOf(binding: BindingPackage): string {
  const folder = findBinding(binding);
  if (folder === undefined) return `${binding} is not installed`;
  const state = readState(folder);
  if (state.library === 'segkit') return `TensorFlow ${state.installed.tensorflow}`;
  return state.library === 'npm' ? 'as npm installed it' : 'no TensorFlow: install-tensorflow';
}

function listEngines(): ListedEngine[] {
  return engines.map(({ name, description }) => {
    const binding = bindings[name];
    return { name, description, library: binding === undefined ? null : libraryOf(binding) };
  });
}

function formatEngines(): string {
  const rows = listEngines().map(({ name, description, library }) => [
    name,
    description,
    library ?? '',
  ]);
  return `${formatTable(['engine', 'computes by', 'library'], rows, ['engine', 'computes by', 'library'])}\nIn the order in which they are tried when a config names none.\n`;
}
