import { spawn } from 'node:child_process'
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { metastoreErrors } from '../errors.js'
import { identity, isRoot, nobody } from './as-nobody.js'
import type { PostgresBinaries } from './binaries.js'
import { type FailedStart, lastLines } from './failed-start.js'

/**
 * Makes a data folder, as a whole or not at all: what a start that was cut off has left of one goes.
 * @throws METASTORE_START_FAILED
 */
export async function makeDataFolder(dataDir: string, { initdb }: PostgresBinaries, password: string): Promise<void> {
  const partial = `${dataDir}.new`
  const passwordFile = `${dataDir}.password`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (isRoot) for (const path of [partial, passwordFile]) await chown(path, nobody, nobody)
  const args = ['-D', partial, '-U', 'millrace', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8']
  try {
    const failed = await run(initdb, [...args, '--no-sync', '--locale=C'])
    if (failed)
      throw metastoreErrors.create('METASTORE_START_FAILED', {
        message: `The embedded PostgreSQL could not be set up: ${failed.lastWords || failed.reason}`,
        hint: 'Or use a PostgreSQL of your own: set DATABASE_URL.',
      })
    await rm(dataDir, { recursive: true, force: true })
    await rename(partial, dataDir)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(partial, { recursive: true, force: true })
  }
}

/**
 * Gives the user of a data folder another password, in PostgreSQL's single-user mode, which asks for none: who may write the folder may do
 * this. It refuses where a server runs there.
 */
export function setPassword(
  dataDir: string,
  { postgres }: PostgresBinaries,
  password: string,
): Promise<FailedStart | undefined> {
  const args = ['--single', '-D', dataDir, '-c', 'io_method=sync', 'postgres']
  return run(postgres, args, `alter role millrace password '${password}'\n`)
}

/** @param input what it is given to read */
function run(command: string, args: readonly string[], input = ''): Promise<FailedStart | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'pipe', cwd: '/', ...identity })
    let output = ''
    const listen = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    const fail = (reason: string) => resolve({ reason, lastWords: lastLines(output) })
    child.on('error', (error) => fail(error.message))
    child.on('close', (code) => {
      // A statement that fails in single-user mode ends nothing.
      if (code === 0 && !output.includes('ERROR:')) resolve(undefined)
      else fail(`exit code ${code}`)
    })
    // Who ends without reading says why.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
