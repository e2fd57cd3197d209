import { writeManifest, writeRunResults } from '../artifacts/write.js'
import type { NodeResult } from '../contract.js'
import type { RunSession } from '../execute/open-session.js'
import { argsOfFlags } from './artifact-args.js'
import type { CommandInvocation } from './invocation.js'

/** Commands whose `which` is another word than theirs. */
const whichOf: Readonly<Record<string, string>> = { docs: 'generate', ls: 'list', source: 'freshness' }

/** manifest.json with the SQL that running put into it, and run_results.json; nothing with --no-write-json. */
export function writeResults(
  { command, flags, args = {} }: CommandInvocation,
  { manifest, targetDir, project }: RunSession,
  results: readonly NodeResult[],
  elapsedSeconds: number,
): void {
  if (flags.noWriteJson) return
  writeManifest(manifest, targetDir)
  writeRunResults(results, {
    targetDir,
    invocation: project.invocation,
    elapsedSeconds,
    args: { which: whichOf[command] ?? command, ...args, ...argsOfFlags(flags) },
  })
}
