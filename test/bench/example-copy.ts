import { execFile } from 'node:child_process'
import { chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const cli = join(root, 'dist/cli/main.js')
export const run = promisify(execFile)

/** A copy of the flights example that never ran; `remove` deletes it. */
export async function copyExample(): Promise<{ readonly dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  // As root the store's PostgreSQL runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  await cp(join(root, 'examples/flights'), dir, {
    recursive: true,
    filter: (path) => !/[/\\](\.millrace|target|logs|reports|node_modules)/.test(path.slice(root.length)),
  })
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** How long something takes, in seconds. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
