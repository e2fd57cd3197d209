import { type ProgramRole, programError } from '../program-error.js'
import { containerNotStarted } from './container-not-started.js'
import { type BadEnd, type CommandLine, shownName } from './program.js'

/** What engines answer for a container whose program was killed, and shells for a child: 128 and the signal's number. */
const killedExitCode = 137

/** The error of a program that did not end with 0, though nobody here ended it. */
export function endedBadly(role: ProgramRole, line: CommandLine, end: BadEnd) {
  const { exitCode, signalCode, lastLines } = end
  const notStarted = line.container && containerNotStarted(role, line.container, end)
  if (notStarted) return notStarted
  const isKilled = signalCode === 'SIGKILL' || (line.container !== undefined && exitCode === killedExitCode)
  const how = signalCode ? `the signal ${signalCode}` : `exit code ${exitCode}${isKilled ? ': it was killed' : ''}`
  const last = lastLines.filter((text) => text.trim() !== '').join('\n')
  return programError(role, 'PROGRAM_FAILED', {
    message: `The connector \`${shownName(line)}\` ended with ${how}.${last && `\n${last}`}`,
    hint: isKilled
      ? 'Who kills a connector is mostly the system, when there is no memory left for it: give it, or this machine, more, or load fewer streams at once.'
      : 'What it wrote before stands in the log of the run.',
  })
}

/** The error of a program that could not even be started. */
export function notStarted(role: ProgramRole, { file, container }: CommandLine, error: NodeJS.ErrnoException) {
  const isMissing = error.code === 'ENOENT'
  const install = container
    ? 'Images are run by Docker or Podman: install one, and name its program in `container_engine` where it is not `docker`. Or install the connector itself, and name it in `command`.'
    : 'Install it, or name it by its path: a path is meant from the folder of the project, a bare name is looked for in PATH.'
  return programError(role, 'PROGRAM_MISSING', {
    message: isMissing
      ? `The program \`${file}\` was not found.`
      : `The program \`${file}\` could not be started: ${error.message}`,
    hint: isMissing ? install : 'Look whether the file may be executed by this user.',
    cause: error,
  })
}
