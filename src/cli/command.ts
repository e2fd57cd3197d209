import type { Option } from 'commander'
import type { LogLevel } from '../base/index.js'
import type { LogFormat } from './output/log-settings.js'

/** Options that every command understands. */
export interface GlobalOptions {
  readonly projectDir?: string
  readonly json?: boolean
  readonly debug?: boolean
  readonly logFormat?: LogFormat
  readonly logLevel?: LogLevel
}

export type Example = readonly [commandLine: string, meaning: string]

/** What a command is and does. Its file loads quickly: whatever is heavy, it loads when it runs. */
export interface CommandDefinition {
  readonly name: string
  /** As in a usage line, with what each means: `['<connection>', 'its name']`. */
  readonly arguments?: readonly (readonly [term: string, meaning: string, choices?: readonly string[]])[]
  /** A line for the list of commands. */
  readonly summary: string
  /** What the command's own help says below its summary. */
  readonly details?: string
  readonly options?: readonly Option[]
  readonly examples: readonly Example[]
  /** What `--json` prints on standard output. */
  readonly json: string
  /** Runs without being named, where its parent is. */
  readonly isDefault?: boolean
  /** The usage line's part behind the name, where the arguments do not tell. */
  readonly usage?: string
  /** Gets the arguments and, last, the options. @returns the exit code */
  readonly run: (...values: never[]) => Promise<number>
  /** What its log calls the process; its name where nothing is said. */
  readonly process?: string
}

/** Commands below one name: `runs list`, `runs show`. */
export interface CommandFamily {
  readonly name: string
  readonly summary: string
  readonly examples: readonly Example[]
  readonly commands: readonly CommandDefinition[]
}
