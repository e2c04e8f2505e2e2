#!/usr/bin/env node
import { run } from '../dist/cli.js';

// Whoever reads the output may stop early, as `segkit plugins | head` does.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2));
