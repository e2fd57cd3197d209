import { Agent, request } from 'node:http'

export interface Answers {
  count: number
  readonly errors: string[]
  /** Of each page, how long its slowest call took. */
  readonly pagesMs: Map<string, number[]>
}

/** Where a message names its run, and how long the name is. */
const mark = '"runId":"'
const idLength = 36

/** One browser: its calls share a few connections, and it hears what happens. */
export class LiveClient {
  readonly #url: string
  readonly #answers: Answers
  readonly #agent: Agent
  readonly #onRun: (runId: string) => void
  #closing = false

  /**
   * @param onRun called with the run of each message of the live feed that is about one
   * @param maxSockets what browsers allow themselves
   */
  constructor(url: string, answers: Answers, onRun: (runId: string) => void, maxSockets = 6) {
    this.#agent = new Agent({ keepAlive: true, maxSockets })
    this.#url = url
    this.#answers = answers
    this.#onRun = onRun
  }

  /** The live feed, from now until `close`. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.#url}/api/events`, { agent: this.#agent }, (response) => {
        let rest = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const text = rest + chunk
          const end = text.lastIndexOf('\n\n') + 1
          rest = text.slice(end)
          // Tens of thousands a second come to all clients, which share the machine with what they measure: no message is parsed.
          for (let at = text.indexOf(mark); at >= 0 && at < end; at = text.indexOf(mark, at + 1))
            this.#onRun(text.slice(at + mark.length, at + mark.length + idLength))
        })
        response.on('close', () => {
          if (!this.#closing) this.#answers.errors.push('the live feed ended')
        })
        resolve()
      })
      asked.on('error', (error) => {
        if (!this.#closing) this.#answers.errors.push(`the live feed: ${error.message}`)
        reject(error)
      })
      asked.end()
    })
  }

  /** What a page asks for, all at once. */
  async open(page: string, paths: readonly string[]): Promise<void> {
    const startedMs = performance.now()
    await Promise.all(paths.map((path) => this.call(path)))
    const known = this.#answers.pagesMs.get(page) ?? []
    known.push(performance.now() - startedMs)
    this.#answers.pagesMs.set(page, known)
  }

  /** The text of an answer; what is no success is noted. */
  call(path: string, body?: object): Promise<string> {
    return new Promise((resolve) => {
      const fail = (why: string) => {
        if (!this.#closing) this.#answers.errors.push(`${path.replace(/[0-9a-f-]{36}/, '…')}: ${why}`)
        resolve('')
      }
      const options = {
        agent: this.#agent,
        timeout: 60_000,
        ...(body ? { method: 'POST', headers: { 'content-type': 'application/json' } } : {}),
      }
      const asked = request(`${this.#url}/api${path}`, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => {
          this.#answers.count++
          if (response.statusCode === 200) resolve(text)
          else fail(`${response.statusCode} ${text.slice(0, 200)}`)
        })
        response.on('error', (error) => fail(error.message))
      })
      asked.on('error', (error) => fail(error.message))
      asked.on('timeout', () => asked.destroy(new Error('no answer for a minute')))
      asked.end(body ? JSON.stringify(body) : undefined)
    })
  }

  close(): void {
    this.#closing = true
    this.#agent.destroy()
  }
}
