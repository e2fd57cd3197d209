import type { CataloguedConnection } from '../airbyte/catalogue.js'
import type { AirbyteServer } from '../contract.js'

/**
 * By id: what the connections of a server are called here. People give them any names there, also twice; here a name is typed, and stands
 * in addresses. None is that of a connection of ours: those have no dot.
 */
export function connectionNames(
  server: string,
  connections: readonly Pick<CataloguedConnection, 'id' | 'title'>[],
): ReadonlyMap<string, string> {
  const words = connections.map(({ id, title }) => ({ id, word: wordOf(title) }))
  const counts = new Map<string, number>()
  for (const { word } of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return new Map(
    words.map(({ id, word }) => {
      const isAlone = word !== '' && counts.get(word) === 1
      return [id, `${server}.${isAlone ? word : [word, id.slice(0, 8)].filter(Boolean).join('-')}`]
    }),
  )
}

/** `Shop → Snowflake (EU)`: `shop-snowflake-eu` */
const wordOf = (title: string) =>
  title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** Those that a project wants, and what it wants that is not there. */
export function chosenConnections<Connection extends Pick<CataloguedConnection, 'id' | 'title'>>(
  { connections: wanted, schedules }: Pick<AirbyteServer, 'connections' | 'schedules'>,
  connections: readonly Connection[],
): { readonly chosen: readonly Connection[]; readonly unknown: readonly string[] } {
  const patterns = (wanted ?? ['*']).map((text) => ({ text, matches: patternOf(text) }))
  const isMeant = (matches: RegExp, { id, title }: Connection) => matches.test(title) || matches.test(id)
  const isThere = (matches: RegExp) => connections.some((one) => isMeant(matches, one))
  return {
    chosen: connections.filter((one) => patterns.some(({ matches }) => isMeant(matches, one))),
    unknown: [
      // A pattern may match none for a while; a name means something.
      ...patterns.filter(({ text, matches }) => !text.includes('*') && !isThere(matches)).map(({ text }) => text),
      ...[...schedules.keys()].filter((text) => !connections.some(({ id, title }) => text === id || text === title)),
    ],
  }
}

const patternOf = (text: string) =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  )
