import { type Command, sleep } from '../support/millrace.js'

/** How long a process has to end after it was asked to. */
const endsWithinMs = 90_000

/** A process that is started again whenever it ends. */
export class KeptProcess {
  readonly #launch: () => Command
  readonly #going = new Set<Promise<void>>()
  readonly #said: string[] = []
  #current: Command
  #isEnding = false

  constructor(launch: () => Command) {
    this.#launch = launch
    this.#current = this.#start()
  }

  /** The newest one. */
  get command(): Command {
    return this.#current
  }

  /** Everything that was printed by all of them. */
  said(): string {
    return [...this.#said, this.#current.output()].join('\n')
  }

  /**
   * A rolling restart: a new one begins beside the old one, which is then asked to end.
   * @returns how it ended; undefined where it did not, and was killed
   */
  async replace(): Promise<string | undefined> {
    const old = this.#current
    this.#current = this.#start()
    return ended(old, 'SIGTERM')
  }

  /** Undefined where it did not end, and was killed. */
  async stop(): Promise<string | undefined> {
    this.#isEnding = true
    const how = await ended(this.#current, 'SIGTERM')
    await Promise.all(this.#going)
    return how
  }

  #start(): Command {
    const command = this.#launch()
    const attended = this.#attend(command).finally(() => this.#going.delete(attended))
    this.#going.add(attended)
    return command
  }

  async #attend(command: Command): Promise<void> {
    await command.ended
    this.#said.push(command.output())
    await sleep(500)
    if (this.#current === command && !this.#isEnding) this.#current = this.#start()
  }
}

async function ended(command: Command, signal: NodeJS.Signals): Promise<string | undefined> {
  command.process.kill(signal)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), endsWithinMs)
  })
  const end = await Promise.race([command.ended, late]).finally(() => clearTimeout(timer))
  if (end) return end.signal ?? `exit code ${end.code}`
  command.process.kill('SIGKILL')
  await command.ended
  return undefined
}
