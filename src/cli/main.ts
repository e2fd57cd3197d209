#!/usr/bin/env node
import Module from 'node:module'
import { fileURLToPath } from 'node:url'
import { packageVersion } from './package-version.js'

// A reader that stops early (`millrace logs | head`) is no error, and a terminal that was closed hears nothing.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    if (error.code !== 'EIO') throw error
  })

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) console.log(packageVersion())
else if (args.length === 2 && args[0] === 'dbt' && args[1] === '--version')
  console.log((await import('../transform/dbt-version.js')).versionLine)
else {
  // Node 22 and later keep what they compiled between starts; the types are those of Node 20.
  ;(Module as { enableCompileCache?: () => void }).enableCompileCache?.()
  const { loadProgram } = await import('./bundled-program.js')
  const { runCommandLine } = loadProgram(fileURLToPath(new URL('./program.cjs', import.meta.url)), args)
  process.exitCode = await runCommandLine(args)
}
