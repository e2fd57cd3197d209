import { parseDuration } from '../../base/index.js'
import { invalid } from './require.js'

/** What an option may be. */
export interface Kind {
  /** After "It may be". */
  readonly words: string
  readonly is: (value: unknown) => boolean
}

/** By the name of an option; all of them may be left out here. */
export type Kinds = Readonly<Record<string, Kind>>

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0
const isOneOf =
  (...words: readonly unknown[]) =>
  (value: unknown) =>
    words.includes(value)
/** Whether an object has what it must have, and of what it may have nothing else than that. */
const isLike =
  (must: Readonly<Record<string, Kind['is']>>, may: Readonly<Record<string, Kind['is']>> = {}) =>
  (value: unknown) =>
    isRecord(value) &&
    Object.entries(must).every(([name, is]) => is(value[name])) &&
    Object.entries(may).every(([name, is]) => value[name] === undefined || is(value[name]))

const oneOf = (...words: readonly string[]): Kind => ({
  words: words.map((word) => `'${word}'`).join(' or '),
  is: isOneOf(...words),
})

export const text: Kind = { words: 'a text', is: isText }
export const flag: Kind = { words: 'true or false', is: (value) => typeof value === 'boolean' }
export const record: Kind = { words: 'an object', is: isRecord }
const texts: Kind = {
  words: "a list of texts, such as ['a', 'b']",
  is: (value) => Array.isArray(value) && value.every(isText),
}
const duration: Kind = {
  words: "a duration, such as '5m' or '1h'",
  is: (value) => isText(value) && parseDuration(value as string) !== undefined,
}

const mappings = ['identity', 'all', 'last', 'specific', 'static', 'timeWindow', 'multi']
const isDep = (value: unknown): boolean =>
  isText(value) ||
  (isRecord(value) &&
    ('mapping' in value
      ? isDep(value.asset) && isLike({ type: isOneOf(...mappings) })(value.mapping)
      : isText(value.key)))

const metadataTypes = ['markdown', 'url', 'path', 'json', 'sql', 'table', 'columns']
const isMetadataValue = (value: unknown) =>
  value === null ||
  value === undefined ||
  ['boolean', 'number', 'bigint', 'string'].includes(typeof value) ||
  isLike({ type: isOneOf(...metadataTypes) })(value)

const isNumber = (value: unknown) => typeof value === 'number' && !Number.isNaN(value)

/** What all assets say of themselves, whoever makes them. */
export const describedKinds: Kinds = {
  deps: {
    words: 'a list of assets, tables (`dbt.models.orders`) and keys',
    is: (value) => Array.isArray(value) && value.every(isDep),
  },
  description: text,
  kinds: texts,
  group: text,
  owners: texts,
  tags: texts,
  metadata: {
    words: "an object of texts, numbers, booleans and typed values, such as { type: 'url', url: … }",
    is: (value) => isRecord(value) && Object.values(value).every(isMetadataValue),
  },
}

/** Of what code makes, one by one. */
export const madeKinds: Kinds = {
  ...describedKinds,
  codeVersion: text,
  freshness: {
    words: "what freshness.timeWindow({ fail: '1d' }) and freshness.cron(…) answer",
    is: (value) =>
      isLike({ type: isOneOf('timeWindow'), failMs: isNumber })(value) ||
      isLike({ type: isOneOf('cron'), deadline: isText, timezone: isText, lowerBoundMs: isNumber })(value),
  },
}

/** How code is carried out. */
export const careKinds: Kinds = {
  retry: {
    words: "an object such as { max: 3, delayMs: 1_000, backoff: 'exponential', jitter: 'full' }",
    is: isLike(
      { max: isCount },
      {
        delayMs: (value) => isNumber(value) && Number(value) >= 0,
        backoff: isOneOf('constant', 'exponential'),
        jitter: isOneOf('full', 'plus_minus'),
      },
    ),
  },
  pool: text,
  makesPartitions: oneOf('each', 'together'),
}

export const outputKinds: Kinds = { ...madeKinds, isOptional: flag }
export const assetKinds: Kinds = { ...madeKinds, ...careKinds, inputs: record }
export const multiAssetKinds: Kinds = { ...careKinds, canSubset: flag, outputs: record }
export const externalKinds: Kinds = { ...describedKinds, every: duration }
export const checkKinds: Kinds = { blocking: flag, description: text }
/** Of schedules, sensors and automations. */
export const automationKinds: Kinds = { description: text, on: flag }
export const sensorKinds: Kinds = { ...automationKinds, every: duration }
export const resourceKinds: Kinds = {
  description: text,
  close: { words: 'a function', is: (value) => typeof value === 'function' },
}
export const scheduleKinds: Kinds = {
  ...automationKinds,
  cron: {
    words: "a cron expression, such as '0 5 * * *', or a list of some",
    is: (value) => isText(value) || (texts.is(value) && (value as readonly string[]).length > 0),
  },
  timezone: text,
  catchUp: oneOf('none', 'latest', 'all'),
  overlap: oneOf('skip', 'queue', 'allow'),
  tags: {
    words: "an object of texts, such as { team: 'a' }",
    is: (value) => isRecord(value) && Object.values(value).every(isText),
  },
  config: { words: "an object by asset, such as { 'reports/x': { days: 7 } }", is: isRecord },
}

/** @throws DEFINITIONS_INVALID for options of another kind than they may be, and where there are none at all */
export function requireKinds(what: string, options: unknown, kinds: Kinds): void {
  if (!isRecord(options)) throw invalid(`${what} has ${shown(options)} for its options.`, 'Give it an object: { … }.')
  for (const [name, { words, is }] of Object.entries(kinds)) {
    const value = options[name]
    if (value !== undefined && !is(value))
      throw invalid(`\`${name}\` of ${what.replace(/^The/, 'the')} is ${shown(value)}.`, `It may be ${words}.`)
  }
}

const mostShown = 80

/** As it may stand in a sentence, on one line. */
function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  let text: string
  try {
    text = JSON.stringify(value) ?? String(value)
  } catch {
    // What is not plain, or leads in a circle.
    text = String(value)
  }
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}
