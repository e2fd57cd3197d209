import { InvalidArgumentError, Option } from 'commander'
import { durationHint, parseDuration } from '../base/index.js'
import type { RunCriteria } from '../orchestrate/index.js'

function integer(text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new InvalidArgumentError(
    max === Number.MAX_SAFE_INTEGER ? 'It must be a number above 0.' : `It must be a number from ${min} to ${max}.`,
  )
}

export const anyInteger = (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
export const positiveInteger = (text: string) => integer(text, 1, Number.MAX_SAFE_INTEGER)

/** In ms. */
export function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError(durationHint)
  return ms
}

/** A port of this machine, or any. */
function portOrAny(text: string): number | 'any' {
  return text === 'any' ? text : integer(text, 0, 65_535)
}

/** A port that stays: what is installed is found where it was. */
export const fixedPort = (text: string) => integer(text, 1, 65_535)
export const fixedPortOrNone = (text: string) => integer(text, 0, 65_535)

/** Options that several commands share. */
export const addressOptions = [
  new Option('--port <port>', 'port of the UI (default: server.port or 3000; the next free one when taken)').argParser(
    (text: string) => integer(text, 0, 65_535),
  ),
  new Option(
    '--airbyte-port <port>',
    'port of Airbyte’s API (default: server.airbyte_port or 8000, any with --port 0; 0: none; `any`: a free one)',
  ).argParser(portOrAny),
  new Option('--host <host>', 'address to listen on (default: server.host or 127.0.0.1)'),
]
export const fullRefreshOption = () => new Option('--full-refresh', 'everything anew, not only what changed')
export const detachOption = () => new Option('--detach', 'queue the run and return; `millrace up` executes it')

export const tagOption = () =>
  new Option(
    '--tag <key=value...>',
    'tags of the run; millrace/priority, millrace/max_runtime (seconds) and millrace/max_retries say how it is carried out',
  ).argParser(keyValue)

/** `key=value`, as often as wanted. */
export function keyValue(text: string, known: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write it as key=value.')
  return { ...known, [key]: value }
}

type TagFilter = NonNullable<RunCriteria['tags']>

/** `key=value`, or a key with any value; as often as wanted. */
export function tagFilter(text: string, known: TagFilter = []): TagFilter {
  const [key = '', ...value] = text.split('=')
  if (key === '') throw new InvalidArgumentError('Write it as key or key=value.')
  return [...known, value.length === 0 ? { key } : { key, value: value.join('=') }]
}
