import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/** What the bundle gives: see run-command-line.ts, which is its entry. */
type Program = typeof import('./run-command-line.js')

/** More names than this are no commands but typing errors. */
const mostCommands = 60

/**
 * V8's optimizing compiler works in threads of its own, and most commands are over before its work pays. Without a core to spare it
 * takes the time from the command itself. So a function has to run twice as much code as V8 would have it before it is optimized.
 */
const compileLater = '--interrupt-budget=135168'

/**
 * Loads the program from its bundle (scripts/bundle.mjs) with what V8 compiled of it in earlier starts, which is kept beside it.
 * The first start of each command adds the functions that it used. Where nothing can be written, every start compiles anew.
 */
export function loadProgram(path: string, args: readonly string[]): Program {
  if (availableParallelism() <= 2) setFlagsFromString(compileLater)
  // The bundle is ASCII, so that V8 takes it as it is.
  const source = readFileSync(path, 'latin1')
  // V8 takes what it compiled only with the flags with which it did, and engine and server are started with flags of their own.
  const cache = new CodeCache(`${path}.${process.version}-${cachedDataVersionTag()}.cache`, source)
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: path,
    ...(cache.data ? { cachedData: cache.data } : {}),
  })
  const command = commandOf(args)
  if (script.cachedDataRejected || !cache.data) cache.forget()
  if (!cache.commands.includes(command) && cache.commands.length < mostCommands)
    process.on('exit', (code) => {
      if (code !== 2) cache.write(command, script.createCachedData())
    })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path))
  return module.exports as Program
}

/** `dbt run`, `sync`: the words that decide which part of the program is used. */
function commandOf(args: readonly string[]): string {
  const words = args.filter((arg) => !arg.startsWith('-'))
  return words.slice(0, words[0] === 'dbt' ? 2 : 1).join(' ')
}

/** A line that says which bundle and which commands it is of; behind it V8's own data. */
class CodeCache {
  readonly #path: string
  readonly #bundle: string
  commands: readonly string[] = []
  data: Buffer | undefined

  constructor(path: string, source: string) {
    this.#path = path
    this.#bundle = source.slice(0, source.indexOf('\n'))
    try {
      const bytes = readFileSync(path)
      const end = bytes.indexOf('\n')
      const { bundle, commands, length } = JSON.parse(bytes.toString('utf8', 0, end))
      // V8 itself looks at the length of the source only.
      if (bundle !== this.#bundle || length !== bytes.length - end - 1) return
      this.commands = commands
      this.data = bytes.subarray(end + 1)
    } catch {
      // There is none, or none that can be read: as good as none.
    }
  }

  forget(): void {
    this.commands = []
  }

  write(command: string, data: Buffer): void {
    const head = JSON.stringify({ bundle: this.#bundle, length: data.length, commands: [...this.commands, command] })
    const own = `${this.#path}.${process.pid}`
    try {
      writeFileSync(own, Buffer.concat([Buffer.from(`${head}\n`), data]))
      renameSync(own, this.#path)
    } catch {
      rmSync(own, { force: true })
    }
  }
}
