#!/usr/bin/env node
import { packageVersion } from './package-version.js'

// A reader that stops early (`millrace logs | head`) is no error, and a terminal that was closed hears nothing.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    if (error.code !== 'EIO') throw error
  })

const args = process.argv.slice(2)
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) console.log(packageVersion())
else {
  const { runCommandLine } = await import('./run-command-line.js')
  process.exitCode = await runCommandLine(args)
}
