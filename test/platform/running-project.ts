import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { removeProject, startUp, temporaryProject, type Up } from '../support/millrace.js'

/** A project of its own, with `millrace up`, for the tests of a file or of a `describe`. */
export function runningProject(files: Readonly<Record<string, string>>): {
  readonly dir: string
  readonly up: Up
  /** Ends `millrace up` and starts it again. */
  restart(): Promise<void>
  /** Writes one of its files. */
  write(file: string, text: string): Promise<void>
} {
  let dir: string
  let up: Up
  beforeAll(async () => {
    dir = await temporaryProject(files)
    up = await startUp(dir)
  }, 60_000)
  afterAll(async () => {
    await up?.stop()
    await removeProject(dir)
  })
  return {
    get dir() {
      return dir
    },
    get up() {
      return up
    },
    write: (file, text) => writeFile(join(dir, file), text),
    async restart() {
      await up.stop()
      up = await startUp(dir)
    },
  }
}
