import type { MillraceError } from '../../base/index.js'
import { platformErrors } from '../errors.js'
import type { ProgramOutcome } from './run-program.js'

/** A service manager refused what it was asked for. @param command as a person would type it */
export function managerFailed(command: string, { code, stdout, stderr }: ProgramOutcome): MillraceError {
  const words = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' ')
  return platformErrors.create('LOCAL_MANAGER_FAILED', {
    message: `\`${command}\` ${code === undefined ? 'could not be run' : `ended with exit code ${code}`}${words === '' ? '' : `: ${words}`}.`,
    hint: 'Type it to see what is wrong, or do without: --manager detached runs Millrace as a process that nobody looks after.',
  })
}
