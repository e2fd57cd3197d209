import { isDeepStrictEqual } from 'node:util'
import { type Clock, type MillraceError, toMillraceError } from '../../base/index.js'
import { AirbyteServerClient, extractLoadErrors } from '../../extract-load/index.js'
import type { AirbyteServer, Project } from '../contract.js'
import type { AirbyteCatalogue } from './catalogue.js'
import { type KeptCatalogue, keep, readKept } from './kept-catalogue.js'
import { readCatalogue } from './read-catalogue.js'

/** A server with what is known of it. */
export interface KnownServer {
  readonly server: AirbyteServer
  /** Undefined where nobody knows what it has. */
  readonly catalogue: AirbyteCatalogue | undefined
  /** Why it could not be asked the last time, where that is so. */
  readonly problem: MillraceError | undefined
}

/**
 * Who asks a server when the project is read: whoever has nothing kept of it; `commands` as well where what is kept is old, as nobody else may look.
 * An engine that stays `watches` besides: it reads them anew, at its start and ever after, while everything goes on with what is kept.
 */
export type AsksServers = 'commands' | 'watches'

export interface AirbyteServersOptions {
  readonly project: Pick<Project, 'stateDir' | 'airbyte'>
  /** The same as millrace.yaml names them now: a server that is added, or a schedule, needs no restart. */
  readonly named?: () => Promise<readonly AirbyteServer[]>
  readonly clock: Clock
  readonly asks: AsksServers
}

const watchPauseMs = 1_000
/** After one that could not be asked. */
const againMs = 15_000

/** How long the reading of a project waits for a server: where there is something kept, and where there is nothing. */
const waitsMs = { kept: 5_000, nothing: 20_000 }

/** The servers of Airbyte that a project names: what they have, and clients that ask them. */
export class AirbyteServers {
  readonly #options: AirbyteServersOptions
  readonly #clients = new Map<string, AirbyteServerClient>()
  readonly #kept = new Map<string, KeptCatalogue>()
  readonly #problems = new Map<string, MillraceError>()
  readonly #askedMs = new Map<string, number>()
  #servers: readonly AirbyteServer[]
  #news = 0

  constructor(options: AirbyteServersOptions) {
    this.#options = options
    this.#servers = options.project.airbyte ?? []
  }

  /** Rises when one has something else than before, or cannot be asked any more, or can again. */
  get news(): number {
    return this.#news
  }

  get servers(): readonly AirbyteServer[] {
    return this.#servers
  }

  /** Looks at millrace.yaml. @throws PROJECT_INVALID, ENV_MISSING: the servers are those of before */
  async readSettings(): Promise<void> {
    const named = await this.#options.named?.()
    if (!named) return
    for (const { name } of this.#servers) {
      const now = named.find((one) => one.name === name)
      const before = this.#servers.find((one) => one.name === name)
      if (now && before && addressOf(now) === addressOf(before)) continue
      for (const known of [this.#clients, this.#kept, this.#problems]) known.delete(name)
      this.#askedMs.delete(name)
    }
    this.#servers = named
  }

  /** @returns undefined where the project names no such server */
  client(name: string): AirbyteServerClient | undefined {
    const known = this.#clients.get(name)
    const server = this.servers.find((one) => one.name === name)
    if (known || !server) return known
    const client = new AirbyteServerClient({ ...server, clock: this.#options.clock })
    this.#clients.set(name, client)
    return client
  }

  /** What is known of each, for who reads the project. */
  read(): Promise<readonly KnownServer[]> {
    return Promise.all(
      this.servers.map(async (server) => {
        const kept = this.#keptOf(server)
        if (this.#isToBeAsked(server, kept))
          await this.refresh(server, {
            signal: AbortSignal.timeout(kept ? waitsMs.kept : waitsMs.nothing),
            once: true,
          })
        return { server, catalogue: this.#keptOf(server)?.catalogue, problem: this.#problems.get(server.name) }
      }),
    )
  }

  /** Reads all of them anew, each at its interval, until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    // One that is slow holds up no other one.
    const underway = new Map<string, Promise<void>>()
    const isDue = ({ name, refreshMs }: AirbyteServer) =>
      clock.monotonicMs() - (this.#askedMs.get(name) ?? Number.NEGATIVE_INFINITY) >=
      (this.#problems.has(name) ? Math.min(refreshMs, againMs) : refreshMs)
    while (!signal.aborted) {
      for (const server of this.servers) {
        const key = JSON.stringify([server.name, addressOf(server)])
        if (underway.has(key) || !isDue(server)) continue
        underway.set(
          key,
          this.refresh(server, { signal, once: true }).finally(() => underway.delete(key)),
        )
      }
      await clock.sleep(watchPauseMs, { signal }).catch(() => {})
    }
    await Promise.all(underway.values())
  }

  /** Asks a server what it has. What goes wrong is noted; what one answers that is no longer named so is not. */
  async refresh(
    server: AirbyteServer,
    options: { readonly signal: AbortSignal; readonly once?: boolean },
  ): Promise<void> {
    const client = this.client(server.name)
    if (!client) return
    this.#askedMs.set(server.name, this.#options.clock.monotonicMs())
    try {
      const catalogue = await readCatalogue(client, server, options)
      if (!this.#isStill(server)) return
      const before = this.#keptOf(server)
      const kept = { readAt: this.#options.clock.now(), catalogue }
      this.#kept.set(server.name, kept)
      const hadProblem = this.#problems.delete(server.name)
      if (hadProblem || !isDeepStrictEqual(asKept(before?.catalogue), asKept(catalogue))) this.#news++
      await keep(this.#options.project, server, kept)
    } catch (thrown) {
      const { aborted, reason } = options.signal
      const isTooSlow = aborted && (reason as Error).name === 'TimeoutError'
      // Whoever stops the engine does not look at problems.
      if ((aborted && !isTooSlow) || !this.#isStill(server)) return
      const problem = isTooSlow ? tooSlow(server) : toMillraceError(thrown)
      if (this.#problems.get(server.name)?.message !== problem.message) this.#news++
      this.#problems.set(server.name, problem)
    }
  }

  /** Meanwhile another one may have got its name. */
  #isStill(server: AirbyteServer): boolean {
    const now = this.servers.find(({ name }) => name === server.name)
    return now !== undefined && addressOf(now) === addressOf(server)
  }

  #keptOf(server: AirbyteServer): KeptCatalogue | undefined {
    const known = this.#kept.get(server.name) ?? readKept(this.#options.project, server)
    if (known) this.#kept.set(server.name, known)
    return known
  }

  #isToBeAsked(server: AirbyteServer, kept: KeptCatalogue | undefined): boolean {
    if (!kept) return true
    const ageMs = this.#options.clock.now().getTime() - kept.readAt.getTime()
    return this.#options.asks === 'commands' && ageMs > server.refreshMs
  }
}

/** With another one it is another server. */
const addressOf = ({ url, workspace, credentials }: AirbyteServer) => JSON.stringify([url, workspace, credentials])

const tooSlow = ({ name, url }: AirbyteServer) =>
  extractLoadErrors.create('AIRBYTE_UNREACHABLE', {
    message: `The Airbyte server ${name} (${url}) did not tell in time what it has.`,
    hint: 'Is it busy? It is asked again.',
  })

/** What is left out and what is undefined is the same in a file. */
const asKept = (catalogue: AirbyteCatalogue | undefined) => catalogue && JSON.parse(JSON.stringify(catalogue))
