import type { GlobalOptions } from './command.js'
import { interruptSignal } from './interrupt.js'
import { stderrLogger } from './output/stderr-logger.js'

/** What every command of `millrace local` is given to find its installation. */
export const localOptions = ({ projectDir }: GlobalOptions) => ({
  projectDir,
  cwd: process.cwd(),
  env: process.env,
  logger: stderrLogger(),
  signal: interruptSignal(),
})
