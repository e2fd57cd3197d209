#!/usr/bin/env node
import Module from 'node:module'
import { fileURLToPath } from 'node:url'
import { packageVersion } from './package-version.js'

// A reader that stops early (`millrace logs | head`) is no error, and a terminal that was closed hears nothing.
let isUnread = false
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') stopUnread()
    else if (error.code !== 'EIO') throw error
  })

/** What can be stopped is stopped as by TERM: `process.exit` waits for the warehouse's threads, one of which may be waiting for this one. */
function stopUnread(): void {
  if (isUnread) return
  isUnread = true
  if (process.listenerCount('SIGTERM') === 0) process.exit(0)
  process.emit('SIGTERM', 'SIGTERM')
}

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) console.log(packageVersion())
else if (args.length === 2 && args[0] === 'dbt' && args[1] === '--version')
  console.log((await import('../transform/dbt-version.js')).versionLine)
else {
  // Node 22 and later keep what they compiled between starts; the types are those of Node 20.
  ;(Module as { enableCompileCache?: () => void }).enableCompileCache?.()
  const { loadProgram } = await import('./bundled-program.js')
  const { runCommandLine } = loadProgram(fileURLToPath(new URL('./program.cjs', import.meta.url)), args)
  const code = await runCommandLine(args)
  process.exitCode = isUnread ? 0 : code
}
