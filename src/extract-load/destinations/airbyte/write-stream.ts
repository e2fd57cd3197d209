import { brokenMessage } from '../../connector-program/broken-message.js'
import type { ConnectorProgram } from '../../connector-program/connector-program.js'
import { saidError } from '../../connector-program/said-error.js'
import {
  loggedError,
  loggedLine,
  loggedMessage,
  loggedStderr,
  type SaidLog,
} from '../../connector-program/said-logs.js'
import { linesOf } from '../../protocol/line-blocks.js'
import { readMessage, type StreamDescriptor, type TraceError } from '../../protocol/messages.js'
import type { ConnectorProcess } from '../../runners/connector-process.js'
import { inputMessages } from './input-messages.js'
import { SentStates } from './sent-states.js'

export interface StreamWrite {
  readonly target: StreamDescriptor
  /** The ConfiguredAirbyteStream. */
  readonly configured: object
  /** A file of RECORD messages; undefined: there is none. */
  readonly path: string | undefined
  readonly readAt: Date
  readonly onLog: (log: SaidLog) => void
}

/**
 * Has the destination write one stream. When it resolves, the destination has confirmed all of it and ended well.
 * @returns how many records it did not take, by its own word
 * @throws what it says that went wrong, and whatever else can be wrong with a program
 */
export async function writeStream(
  program: ConnectorProgram,
  { target, configured, path, readAt, onLog }: StreamWrite,
): Promise<number> {
  const states = new SentStates(target)
  const run = await program.start(
    ['write', '--config', { file: 'config.json' }, '--catalog', { file: 'catalog.json' }],
    {
      files: { 'config.json': await program.configText(), 'catalog.json': JSON.stringify({ streams: [configured] }) },
      onStderr: (line) => onLog(loggedStderr(line)),
      takesInput: true,
    },
  )
  try {
    await Promise.all([
      run.process.feed(inputMessages({ path, target, states, readAt })),
      readAnswers(run.process, program, states, onLog),
    ])
    states.checkComplete()
    return states.rejected
  } finally {
    await run.dispose()
  }
}

/** Hears the destination out, to its end. */
async function readAnswers(
  process: ConnectorProcess,
  program: ConnectorProgram,
  states: SentStates,
  onLog: (log: SaidLog) => void,
): Promise<void> {
  /** The first: those that follow sum up what was said. */
  let failure: TraceError | undefined
  let broken: Error | undefined
  const onLogged = (log: SaidLog | undefined) => log && onLog(log)
  for await (const block of process.output())
    for (const line of linesOf(block)) {
      const message = readMessage(line)
      switch (message?.type) {
        case 'STATE':
          states.confirm(message)
          break
        case 'TRACE': {
          const { error } = message.trace
          if (error) loggedError(error).forEach(onLog)
          failure ??= error ?? undefined
          break
        }
        // Before anything that follows is acted upon.
        case 'CONTROL':
          await program.obey(message)
          break
        case 'LOG':
          onLog(loggedMessage(message))
          break
        case undefined: {
          const bare = states.bareState(line)
          broken ??= brokenMessage('destination', line)
          if (bare) states.confirm(bare)
          else onLogged(loggedLine(line))
        }
      }
    }
  // Its own words say more than that it ended.
  if (failure) throw saidError('destination', failure)
  await process.exit()
  if (broken) throw broken
}
