import { Command } from 'commander';

import { version } from '../../package.json';
import { addAuditCommand } from './audit.js';
import { addDataCommand } from './data.js';
import { addDiffCommand } from './diff-runs.js';
import { addDoctorCommand } from './doctor.js';
import { addEnginesCommand } from './engines.js';
import { addEvaluateCommand } from './evaluate.js';
import { exitCodeOf, reportOf } from './exit-code.js';
import { addExportWeightsCommand } from './export-weights.js';
import { addImportCommand } from './import-weights.js';
import { addLrFindCommand } from './lr-find.js';
import { addPluginsCommand } from './plugins.js';
import { addPredictCommand } from './predict.js';
import { addPresetsCommand } from './presets.js';
import { addSchemaCommand } from './schema.js';
import { addPreviewCommand } from './preview.js';
import { addRunsCommand } from './list-runs.js';
import { addSummaryCommand } from './summary.js';
import { processTerminal, type Terminal } from './terminal.js';
import { addTrainCommand } from './train.js';

const help = `
Example:
  $ segkit audit segkit.config.ts
  $ segkit train segkit.config.ts
  $ segkit evaluate runs/my-run
  $ segkit predict runs/my-run images/ --out predictions --overlay

Exit codes: 0 done, 1 failed, 2 wrong usage or config, 130 stopped by Ctrl-C.
SEGKIT_DEBUG=1 shows where an error comes from.`;

/** The `segkit` command with all its subcommands. */
function createProgram(terminal: Terminal): Command {
  const program = new Command('segkit')
    .description('Trains, evaluates and runs semantic-segmentation networks made of plugins.')
    .version(version)
    .exitOverride()
    // Options belong to the command that they follow, also where that has commands of its own.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => {
        terminal.writeOut(text);
      },
      writeErr: (text) => {
        terminal.writeErr(text);
      },
    })
    .addHelpText('after', help);
  addPreviewCommand(program, terminal);
  addAuditCommand(program, terminal);
  addDataCommand(program, terminal);
  addTrainCommand(program, terminal);
  addLrFindCommand(program, terminal);
  addEvaluateCommand(program, terminal);
  addPredictCommand(program, terminal);
  addRunsCommand(program, terminal);
  addDiffCommand(program, terminal);
  addSummaryCommand(program, terminal);
  addDoctorCommand(program, terminal);
  addImportCommand(program, terminal);
  addExportWeightsCommand(program, terminal);
  addEnginesCommand(program, terminal);
  addPluginsCommand(program, terminal);
  addPresetsCommand(program, terminal);
  addSchemaCommand(program, terminal);
  return program;
}

/**
 * Runs the `segkit` command.
 * @param argv - Without `node` and the script.
 * @returns The exit code: 0, 1 (failed), 2 (wrong usage or config) or 130 (stopped by Ctrl-C).
 */
export async function run(
  argv: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    await createProgram(terminal).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    terminal.writeErr(reportOf(error, process.env.SEGKIT_DEBUG === '1'));
    return exitCodeOf(error);
  }
}
