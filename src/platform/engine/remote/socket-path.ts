import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Project } from '../../contract.js'

/** Unix socket paths end at 107 bytes on Linux and 103 on macOS. */
const maxSocketPathBytes = 100

/** Where a project's engine listens: beside its files, or (long paths, Windows) under a name made from them. */
export function socketPath(project: Pick<Project, 'stateDir'>): string {
  const digest = createHash('sha256').update(project.stateDir).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\millrace-${digest}`
  const beside = join(project.stateDir, 'engine.sock')
  return Buffer.byteLength(beside) <= maxSocketPathBytes ? beside : join(tmpdir(), `millrace-${digest}.sock`)
}
