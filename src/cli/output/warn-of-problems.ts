import type { Definitions } from '../../orchestrate/index.js'
import { localTime } from './run-words.js'
import { stderrLogger } from './stderr-logger.js'

/** What is wrong with the project, on standard error: what is listed of it is not all, or not what its files say now. */
export async function warnOfProblems({
  problems,
  warnings = [],
  broken = [],
}: Pick<Definitions, 'problems' | 'warnings' | 'broken'>): Promise<void> {
  const { formatLocation } = await import('../../base/index.js')
  const logger = stderrLogger()
  for (const { at, message } of [...problems, ...warnings]) {
    const [firstLine = ''] = message.split('\n')
    logger.warn(at && !firstLine.startsWith(at.file) ? `${formatLocation(at)}: ${firstLine}` : firstLine)
  }
  for (const { file, since, isKnown } of broken) {
    // What is missing stands among the problems.
    if (isKnown) continue
    logger.warn(
      `${file} cannot be loaded since ${localTime(since)}. Listed is what it said before; its assets do not run, its sensors are not asked.`,
    )
  }
}
