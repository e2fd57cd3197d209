import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'dist/cli/main.js')

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Asks again and again until there is an answer. @throws when there is none in time */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 30_000, everyMs = 50 } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}`)
    await sleep(everyMs)
  }
}

/** A project of the given files in a folder of its own; `millrace.yaml` is written when it is not among them. */
export async function temporaryProject(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  // As root the store runs as nobody, who must be able to come here.
  await chmod(dir, 0o755)
  for (const [name, text] of Object.entries({ 'millrace.yaml': 'name: test\n', ...files })) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  return dir
}

export const removeProject = (dir: string) => rm(dir, { recursive: true, force: true })

export interface Command {
  readonly process: ChildProcess
  /** Everything it printed so far, both streams. */
  readonly output: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Starts `millrace <args>` of the built program on a project. Whoever starts it ends it. @param program another one than ours */
export function millrace(
  projectDir: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  program = main,
): Command {
  const child = spawn(process.execPath, [program, '--project-dir', projectDir, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  return commandOf(child)
}

/** A process that was started, with what it prints. */
export function commandOf(child: ChildProcessByStdio<null, Readable, Readable>): Command {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  return {
    process: child,
    output: () => text,
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal }))),
  }
}

export interface Up extends Command {
  readonly url: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  /** Ctrl-C, and wait for its end. */
  stop(): Promise<void>
}

interface UpOptions {
  readonly port?: number
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** Starts `millrace up` on a free port and waits until the assets of the project are known. */
export function startUp(projectDir: string, { port = 0, args = [], env = {} }: UpOptions = {}): Promise<Up> {
  const command = millrace(projectDir, ['up', '--no-run', '--port', String(port), ...args], env)
  return answering(command, (call) =>
    eventually('the engine has read the project', () => call('/assets').catch(() => undefined)),
  )
}

/** Starts `millrace serve` on a free port, with nothing beside it. */
export const startServer = (projectDir: string, { port = 0, args = [], env = {} }: UpOptions = {}): Promise<Up> =>
  answering(millrace(projectDir, ['serve', '--port', String(port), ...args], env))

type Call = (path: string, body?: unknown) => Promise<never>

async function answering(command: Command, isReady: (call: Call) => Promise<unknown> = async () => {}): Promise<Up> {
  try {
    const url = await eventually('the server prints its address', () => {
      if (command.process.exitCode !== null) throw new Error(`The server ended: ${command.output()}`)
      return /http:\/\/localhost:\d+/.exec(command.output())?.[0].replace('localhost', '127.0.0.1')
    })
    const call: Call = async (path, body) => {
      const response = await fetch(
        `${url}/api${path}`,
        body === undefined
          ? {}
          : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
      )
      const answer = await response.json()
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
      return answer as never
    }
    await isReady(call)
    return {
      ...command,
      url,
      get: (path) => call(path),
      post: call,
      async stop() {
        command.process.kill('SIGINT')
        await command.ended
      },
    }
  } catch (error) {
    command.process.kill('SIGINT')
    await command.ended
    throw error
  }
}
