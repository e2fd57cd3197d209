import { join } from 'node:path'
import { writeManifest, writeRunResults } from '../../artifacts/write.js'
import type { NodeResult } from '../../contract.js'
import type { RunSession } from '../../execute/open-session.js'
import type { EventSink } from '../../log/event-sink.js'
import { argsOfFlags } from '../flags/artifact-args.js'
import type { CommandInvocation } from '../invocation/invocation.js'

/** What dbt notes of flags that nobody gave, of those that others read: they ask for the keys without looking. */
const notGiven = {
  ...{ vars: {}, select: [], exclude: [], indirect_selection: 'eager' },
  ...{ defer: false, favor_state: false, empty: false, full_refresh: false, fail_fast: false },
}

/** manifest.json with the SQL that running put into it, and run_results.json; nothing with --no-write-json. */
export function writeResults(
  { which, flags, log, args = {} }: CommandInvocation,
  { manifest, targetDir, project }: RunSession,
  results: readonly NodeResult[],
  elapsedSeconds: number,
): void {
  if (flags.noWriteJson) return
  writeManifest(manifest, targetDir)
  tellOfArtifact(log, 'WritableManifest', join(targetDir, 'manifest.json'))
  writeRunResults(results, {
    targetDir,
    invocation: project.invocation,
    elapsedSeconds,
    args: { ...notGiven, which, ...args, ...argsOfFlags(flags) },
  })
  tellOfArtifact(log, 'RunExecutionResult', join(targetDir, 'run_results.json'))
}

/** @param type what dbt calls the class of it */
export function tellOfArtifact(log: EventSink, type: string, path: string): void {
  log.fire('ArtifactWritten', { artifact_type: type, artifact_path: path })
}
