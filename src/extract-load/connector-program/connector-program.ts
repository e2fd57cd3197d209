import { randomUUID } from 'node:crypto'
import type { KeptSettings } from '../connectors/connector.js'
import { type ProgramRole, programError } from '../program-error.js'
import { linesOf } from '../protocol/line-blocks.js'
import { type Message, readMessage, type TraceError } from '../protocol/messages.js'
import { ConnectorProcess } from '../runners/connector-process.js'
import { removeAbandoned } from '../runners/container.js'
import { commandLine } from '../runners/program.js'
import { writeRunFiles } from '../runners/run-files.js'
import { brokenMessage } from './broken-message.js'
import { currentConfig, keepConfig } from './kept-config.js'
import { saidError } from './said-error.js'
import { type ProgramSettings, programOf } from './settings.js'

interface Surroundings {
  /** Where relative paths start. */
  readonly projectDir: string
  readonly signal?: AbortSignal | undefined
  /** What the connector changed of its settings. */
  readonly kept?: KeptSettings | undefined
}

/** A started connector with the files that it reads; whoever starts it disposes it. */
export interface VerbRun {
  readonly process: ConnectorProcess
  dispose(): Promise<void>
}

interface StartOptions {
  /** Texts by file names, named in the arguments as `{ file }`. */
  readonly files?: Readonly<Record<string, string>> | undefined
  /** What the program writes besides. */
  readonly onStderr?: ((line: string) => void) | undefined
  /** It is given messages. */
  readonly takesInput?: boolean | undefined
}

type ControlMessage = Extract<Message, { type: 'CONTROL' }>

/** A connector that speaks the Airbyte protocol, of which verbs are asked: each of them is a run of its program. */
export class ConnectorProgram {
  readonly role: ProgramRole
  readonly #settings: ProgramSettings
  readonly #surroundings: Surroundings

  constructor(role: ProgramRole, settings: ProgramSettings, surroundings: Surroundings) {
    this.role = role
    this.#settings = settings
    this.#surroundings = surroundings
  }

  /** The text of its own settings, as they are now. */
  async configText(): Promise<string> {
    return JSON.stringify(await currentConfig(this.#surroundings.kept, this.#settings.config))
  }

  /** Starts one verb. */
  async start(
    args: readonly (string | { readonly file: string })[],
    { files = {}, onStderr = () => {}, takesInput = false }: StartOptions,
  ): Promise<VerbRun> {
    const { projectDir, signal } = this.#surroundings
    const program = programOf(this.#settings)
    if (program.kind === 'image') await removeAbandoned(program.engine)
    const written = await writeRunFiles(files, { isForContainer: program.kind === 'image' })
    try {
      const line = commandLine(program, args, {
        folder: written.folder,
        name: `millrace-${randomUUID()}`,
        projectDir,
      })
      const process = new ConnectorProcess(line, {
        role: this.role,
        cwd: projectDir,
        signal,
        silenceMs: this.#settings.heartbeat_seconds * 1000,
        onStderr,
        takesInput,
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
   * @throws CONFIG_REFUSED, FAILED, PROGRAM_FAILED, PROGRAM_MISSING, PROTOCOL_BROKEN, SILENT of its role
   */
  async ask<Type extends Message['type']>(
    verb: 'spec' | 'check' | 'discover',
    type: Type,
  ): Promise<Extract<Message, { type: Type }>> {
    const files = verb === 'spec' ? {} : { 'config.json': await this.configText() }
    const args = verb === 'spec' ? [verb] : [verb, '--config', { file: 'config.json' }]
    const run = await this.start(args, { files })
    try {
      let answer: Extract<Message, { type: Type }> | undefined
      let failure: TraceError | undefined
      let broken: Error | undefined
      for await (const block of run.process.output())
        for (const line of linesOf(block)) {
          const message = readMessage(line)
          if (message?.type === type) answer = message as Extract<Message, { type: Type }>
          if (!message) broken ??= brokenMessage(this.role, line)
          if (message?.type === 'TRACE') failure ??= message.trace.error ?? undefined
          if (message?.type === 'CONTROL') await this.obey(message)
        }
      if (!answer && failure) throw saidError(this.role, failure)
      await run.process.exit()
      if (broken) throw broken
      if (answer) return answer
      throw programError(this.role, 'PROTOCOL_BROKEN', {
        message: `The connector answered \`${verb}\` without a message of the type ${type}.`,
        hint: 'Is it a connector of Airbyte? Its standard output must be messages of the protocol, a line of JSON each.',
      })
    } finally {
      await run.dispose()
    }
  }

  /** Does what a CONTROL message asks for, before anything else is read. */
  async obey({ control }: ControlMessage): Promise<void> {
    if (!control.connectorConfig) return
    await keepConfig(this.#surroundings.kept, this.#settings.config, control.connectorConfig.config, this.role)
  }
}
