import type { ConnectorContext } from '../../connector.js'
import type { SourceSession } from '../session.js'
import type { LogFile } from './binlog-events.js'
import { parseGtids, whyNotBehind } from './server-gtids.js'
import { logFile, type ServerIdentity } from './server-log.js'
import type { CdcState } from './state.js'

/** How a log goes on from a state: from its place in a file, by the numbers of transactions, or not, and why. */
export type LogWay = 'place' | 'gtid' | { readonly gap: string }

/** Finds where a server's log goes on from what was read. */
export class LogWays {
  readonly server: ServerIdentity
  readonly #session: SourceSession
  readonly #context: ConnectorContext
  readonly #files: ReadonlyMap<string, number>
  /** What was looked at: streams mostly are at the same place. */
  readonly #known = new Map<string, LogFile>()
  readonly #behind = new Map<string, string | undefined>()

  /** @param files that the server still has, and how many bytes each holds */
  constructor(
    session: SourceSession,
    context: ConnectorContext,
    server: ServerIdentity,
    files: ReadonlyMap<string, number>,
  ) {
    this.#session = session
    this.#context = context
    this.server = server
    this.#files = files
  }

  async from(state: CdcState): Promise<LogWay> {
    const gap = state.file === '' ? 'its place is not known' : await this.#gapBefore(state)
    if (gap === undefined) return 'place'
    // The same server has lost its log, or began it anew with the same numbers.
    if (state.file !== '' && this.#isSameServer(state)) return { gap }
    const gtids = state.gtid === undefined ? undefined : parseGtids(state.gtid, this.#session)
    if (!gtids) return { gap }
    if (!this.#behind.has(gtids.text))
      this.#behind.set(gtids.text, await whyNotBehind(this.#session, this.#context, gtids))
    const why = this.#behind.get(gtids.text)
    return why === undefined ? 'gtid' : { gap: why }
  }

  #isSameServer({ log: { server_id, server_uuid } }: CdcState): boolean {
    const { id, uuid } = this.server
    return server_uuid !== undefined && uuid !== undefined ? server_uuid === uuid : server_id === id
  }

  /** Why the log cannot be read on from a place in a file. */
  async #gapBefore({ file, pos, log }: CdcState): Promise<string | undefined> {
    const size = this.#files.get(file)
    if (size === undefined) return `the server no longer has the file \`${file}\` of its binary log`
    const found = this.#known.get(file) ?? (await logFile(this.#context, { file }))
    this.#known.set(file, found)
    if (found.serverId !== log.server_id || found.createdAt !== log.created_at)
      return `the file \`${file}\` is of another binary log: the log was reset, or the server is another one`
    return size < pos ? `the file \`${file}\` of the binary log is shorter than it was` : undefined
  }
}
