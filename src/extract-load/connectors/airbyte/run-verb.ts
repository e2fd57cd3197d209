import { randomUUID } from 'node:crypto'
import { redact } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { linesOf } from '../../protocol/line-blocks.js'
import { type Message, readMessage, type TraceError } from '../../protocol/messages.js'
import { ConnectorProcess } from '../../runners/connector-process.js'
import { commandLine } from '../../runners/program.js'
import { writeRunFiles } from '../../runners/run-files.js'
import type { ConnectorContext } from '../connector.js'
import { type AirbyteConfig, programOf } from './config.js'
import { currentConfig, keepConfig } from './kept-config.js'

/** A started connector with the files that it reads; whoever starts it disposes it. */
export interface VerbRun {
  readonly process: ConnectorProcess
  dispose(): Promise<void>
}

/** Starts one verb of a connector. @param files texts by file names, named in `args` as `{ file }` */
export async function startVerb(
  context: ConnectorContext,
  config: AirbyteConfig,
  args: readonly (string | { readonly file: string })[],
  { files = {}, onStderr }: { files?: Readonly<Record<string, string>>; onStderr: (line: string) => void },
): Promise<VerbRun> {
  const program = programOf(config)
  const written = await writeRunFiles(files, { isForContainer: program.kind === 'image' })
  try {
    const line = commandLine(program, args, {
      folder: written.folder,
      name: `millrace-${randomUUID()}`,
      projectDir: context.projectDir,
    })
    const process = new ConnectorProcess(line, {
      cwd: context.projectDir,
      signal: context.signal,
      silenceMs: config.heartbeat_seconds * 1000,
      onStderr,
    })
    return {
      process,
      dispose: async () => {
        await process.stop()
        await written.dispose()
      },
    }
  } catch (error) {
    await written.dispose()
    throw error
  }
}

/**
 * Runs a verb that answers with one message: `spec`, `check`, `discover`.
 * @throws SOURCE_CONFIG_REFUSED, SOURCE_FAILED, SOURCE_PROGRAM_FAILED, SOURCE_PROGRAM_MISSING, SOURCE_PROTOCOL_BROKEN
 */
export async function askVerb<Type extends Message['type']>(
  context: ConnectorContext,
  config: AirbyteConfig,
  verb: 'spec' | 'check' | 'discover',
  type: Type,
): Promise<Extract<Message, { type: Type }>> {
  const files = verb === 'spec' ? {} : { 'config.json': JSON.stringify(await currentConfig(context, config.config)) }
  const args = verb === 'spec' ? [verb] : [verb, '--config', { file: 'config.json' }]
  const run = await startVerb(context, config, args, { files, onStderr: () => {} })
  try {
    let answer: Extract<Message, { type: Type }> | undefined
    let failure: TraceError | undefined
    for await (const block of run.process.output())
      for (const line of linesOf(block)) {
        const message = readMessage(line)
        if (message?.type === type) answer = message as Extract<Message, { type: Type }>
        if (message?.type === 'TRACE' && message.trace.error) failure = message.trace.error
        if (message?.type === 'CONTROL') await obey(context, config, message)
      }
    if (!answer && failure) throw failed(failure)
    await run.process.exit()
    if (answer) return answer
    throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
      message: `The connector answered \`${verb}\` without a message of the type ${type}.`,
      hint: 'Is it a connector of Airbyte? Its standard output must be messages of the protocol, a line of JSON each.',
    })
  } finally {
    await run.dispose()
  }
}

/** Does what a CONTROL message asks for, before anything else is read. */
export async function obey(
  context: ConnectorContext,
  { config: written }: AirbyteConfig,
  { control }: Extract<Message, { type: 'CONTROL' }>,
): Promise<void> {
  if (control.connectorConfig) await keepConfig(context, written, control.connectorConfig.config)
}

/** The error that a connector's TRACE message tells of. */
export function failed({ message, internal_message, failure_type }: TraceError) {
  const more = internal_message && internal_message !== message ? ` (${internal_message.split('\n')[0]})` : ''
  const text = redact(`${message}${more}`)
  return failure_type === 'config_error'
    ? extractLoadErrors.create('SOURCE_CONFIG_REFUSED', {
        message: text,
        hint: 'The connector means its settings: look at `source.config.config` of the connection.',
      })
    : extractLoadErrors.create('SOURCE_FAILED', {
        message: text,
        hint:
          failure_type === 'transient_error'
            ? 'The connector takes it for something that passes: try again later.'
            : 'What the connector wrote before stands in the log of the run.',
      })
}
