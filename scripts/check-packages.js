// Packs every package and checks the tarballs as a stranger's tools see them: publint, and "are the types wrong".
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { workspaces } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'segkit-pack-'));
const run = (command, args, cwd = '.') =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  for (const path of workspaces) {
    const { name } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const listing = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], path),
    );
    const { filename } = Object.values(listing)[0];
    const tarball = join(folder, filename);
    const kilobytes = (statSync(tarball).size / 1024).toFixed(1);
    run('npx', ['publint', 'run', tarball, '--strict']);
    run('npx', ['attw', tarball, '--profile', 'esm-only']);
    console.log(`${name}: ${kilobytes} kB, publint and attw are content`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
