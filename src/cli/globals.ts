import { createLogger, type Logger } from '../base/index.js'
import {
  type Engine,
  findProject,
  openEngine,
  openStack,
  type Project,
  type Stack,
  type StackOptions,
} from '../platform/index.js'

/** Options that every command understands. */
export interface GlobalOptions {
  readonly projectDir?: string
  readonly json?: boolean
  readonly debug?: boolean
}

export function stderrLogger({ debug }: GlobalOptions): Logger {
  return createLogger((record) => {
    if (record.level === 'debug' && !debug) return
    console.error(record.level === 'info' ? record.message : `${record.level}: ${record.message}`)
  })
}

/** Aborts at the first Ctrl-C; the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  const abort = new AbortController()
  let count = 0
  const onSignal = () => {
    if (++count > 1) process.exit(130)
    abort.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return abort.signal
}

export function project(options: GlobalOptions): Promise<Project> {
  return findProject(options.projectDir ?? process.cwd(), { env: process.env })
}

/** For commands that ask the engine and need no store. */
export async function withEngine<T>(options: GlobalOptions, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(await project(options), stackOptions(options))
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

/** For commands that request runs and follow them. */
export async function withStack<T>(options: GlobalOptions, use: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await openStack(await project(options), stackOptions(options))
  try {
    return await use(stack)
  } finally {
    await stack.close()
  }
}

export function stackOptions(options: GlobalOptions): StackOptions {
  return {
    env: process.env,
    logger: stderrLogger(options),
    command: process.argv.slice(2).join(' '),
    onWait: ({ pid, command }) => console.error(`Waiting for \`millrace ${command}\` (process ${pid}) …`),
  }
}
