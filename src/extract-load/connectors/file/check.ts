import { MillraceError, mapConcurrent, plural, toMillraceError } from '../../../base/index.js'
import type { CheckResult } from '../../contract.js'
import type { ConnectorContext } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { shownPath } from './address.js'
import { localBatch } from './batch.js'
import { type FileStream, formatOf, readConfig } from './config.js'
import { probeFile } from './discover.js'
import { locateFiles } from './locate-files.js'
import { isDistant, type LocatedFile } from './located-file.js'

/** Servers refuse whoever comes with too many connections. */
const streamsAtOnce = 4

/** Every stream is looked at, so that one look shows all that is wrong. */
export async function checkFiles(context: ConnectorContext): Promise<CheckResult> {
  try {
    const { streams } = readConfig(context.config, context.file)
    const looks = await mapConcurrent(streams, streamsAtOnce, (stream) => checkStream(stream, context))
    const errors = looks.flatMap((look) => (look instanceof MillraceError ? [look] : []))
    const [first] = errors
    if (first) {
      const message =
        errors.length === 1
          ? first.message
          : `${errors.length} of ${streams.length} streams cannot be read:\n${errors.map((error) => `- ${error.message}`).join('\n')}`
      return { status: 'failed', message, error: { ...first.toJSON(), message } }
    }
    const counts = looks.filter((look) => typeof look === 'number')
    const files = counts.reduce((sum, count) => sum + count, 0)
    const waiting = streams.filter((_, i) => looks[i] === 0)
    const notes = waiting.map((stream) => `no file matches ${shownPath(stream.path)} (stream \`${stream.name}\`) yet`)
    return {
      status: 'succeeded',
      message: [`${plural(streams.length, 'stream')}, ${plural(files, 'file')}`, ...notes].join('; '),
    }
  } catch (thrown) {
    return failedCheck(thrown)
  }
}

/** How many files a stream has, or why it cannot be read. The newest file is opened, a remote one not fetched. */
async function checkStream(stream: FileStream, context: ConnectorContext): Promise<number | MillraceError> {
  try {
    const located = await locateFiles(stream, context)
    try {
      for (const file of located.files) formatOf(stream, file.name)
      const newest = located.files.at(-1)
      if (newest) await probe(stream, newest, context.signal)
      return located.files.length
    } finally {
      await located.dispose()
    }
  } catch (thrown) {
    return toMillraceError(thrown)
  }
}

async function probe(stream: FileStream, file: LocatedFile, signal: AbortSignal | undefined): Promise<void> {
  if (isDistant(file)) return file.probe()
  const batch = localBatch(stream, file)
  if (batch.sizeBytes > 0) await probeFile(batch, signal)
}
