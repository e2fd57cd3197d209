import { didYouMean } from '../../base/index.js'
import type { ProjectNames, TableName } from '../contract/index.js'
import type { ProjectTypes } from './project-types.js'
import { invalid } from './require.js'

/** Of a table whose columns nobody has told. */
export type OpenRow = Readonly<Record<string, unknown>>

declare const rowOf: unique symbol

/** A stream, or a model, seed, snapshot or source of dbt: something that others make, and that is read. */
export interface Table<Row extends object = OpenRow> {
  readonly type: 'table'
  /** Of its asset. */
  readonly key: string
  /** Where it lies in the warehouse; undefined for a stream that goes elsewhere. */
  readonly relation?: TableName['relation']
  /** Its name as SQL has it: `select * from ${dbt.models.orders}`. */
  toString(): string
  /** Only the compiler knows it. */
  readonly [rowOf]?: Row
}

type Known = ProjectTypes extends { readonly tables: infer Tables } ? Tables : never
type RowAt<Key> = Key extends keyof Known ? (Known[Key] extends object ? Known[Key] : OpenRow) : OpenRow
type PartOf<Part extends string> = ProjectTypes extends Readonly<Record<Part, infer Names>> ? Names : never

/** By their names: those of the project where they are known, any otherwise. */
export type Tables<Names> = [Names] extends [never]
  ? Readonly<Record<string, Table>>
  : { readonly [Name in keyof Names]: Table<RowAt<Names[Name]>> }

/** The key of an asset, as text. */
export type AssetName = ProjectTypes extends { readonly tables: infer All; readonly assets: infer Own }
  ? (keyof All & string) | (keyof Own & string)
  : string

/** While names are open, one that is looked up may be missing as far as the compiler can tell. */
export type MaybeOpen = [Known] extends [never] ? undefined : never

export type ConnectionName = [PartOf<'connections'>] extends [never] ? string : keyof PartOf<'connections'> & string
type StreamsOf<Name extends string> = Tables<
  [PartOf<'connections'>] extends [never]
    ? never
    : Name extends keyof PartOf<'connections'>
      ? PartOf<'connections'>[Name]
      : never
>

// Names of their own, which the compiler says instead of all that they have.
export interface DbtModels extends Tables<PartOf<'models'>> {}
export interface DbtSeeds extends Tables<PartOf<'seeds'>> {}
export interface DbtSnapshots extends Tables<PartOf<'snapshots'>> {}
export interface DbtSources extends Tables<PartOf<'sources'>> {}

/** The tables of the dbt project, by the names that dbt has for them. */
export interface DbtTables {
  readonly models: DbtModels
  readonly seeds: DbtSeeds
  readonly snapshots: DbtSnapshots
  /** `dbt.sources['shop.orders']` */
  readonly sources: DbtSources
}

let names: ProjectNames | undefined

/** Tells what the project has, before definitions.ts is loaded. Without it every name is taken as it is. */
export function provideNames(known: ProjectNames | undefined): void {
  names = known
}

/** Models, seeds, snapshots and sources, for `deps`, `inputs`, `check` and SQL: `dbt.models.orders`. */
export const dbt: DbtTables = {
  models: lookup('model', (known) => known.models) as DbtTables['models'],
  seeds: lookup('seed', (known) => known.seeds) as DbtTables['seeds'],
  snapshots: lookup('snapshot', (known) => known.snapshots) as DbtTables['snapshots'],
  sources: lookup('source', (known) => known.sources) as DbtTables['sources'],
}

/** The streams of a connection: `connection('shop').streams.orders`. */
export function connection<const Name extends ConnectionName>(name: Name): { readonly streams: StreamsOf<Name> } {
  if (names && !names.isPartial && !Object.hasOwn(names.streams, name))
    throw unknown('connection', name, Object.keys(names.streams))
  return { streams: lookup(`stream of ${name}`, (known) => known.streams[name] ?? {}, name) as StreamsOf<Name> }
}

type Found = Readonly<Record<string, TableName>>

/** Looks a name up when it is asked for, so that the error leads to the line that has it. */
function lookup(what: string, of: (known: ProjectNames) => Found, folder = `dbt ${what}`): unknown {
  const none: Readonly<Record<string, Table>> = {}
  return new Proxy(none, {
    get(_, name) {
      if (typeof name !== 'string') return undefined
      const found = names ? of(names) : {}
      const known = Object.hasOwn(found, name) ? found[name] : undefined
      if (known) return tableOf(known)
      if (!names || names.isPartial) return tableOf({ key: `${folder}/${name}`.replaceAll(' ', '_') })
      throw unknown(what.startsWith('stream') ? what : `dbt ${what}`, name, Object.keys(found))
    },
  })
}

const tableOf = ({ key, relation }: TableName): Table => ({
  type: 'table',
  key,
  ...(relation ? { relation } : {}),
  toString: () => sqlName({ key, relation }),
})

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** @throws DEFINITIONS_INVALID for a stream that is no table */
export function sqlName({ key, relation }: TableName): string {
  if (relation) return `${quoted(relation.schema)}.${quoted(relation.identifier)}`
  if (!names || names.isPartial) return quoted(key)
  throw invalid(
    `${key} is no table of the warehouse.`,
    'Its connection loads into something else. It can be in `deps`, and be checked.',
  )
}

function unknown(what: string, name: string, known: readonly string[]) {
  const some = known.slice(0, 10).join(', ')
  return invalid(
    `The project has no ${what} \`${name}\`.`,
    didYouMean(name, [...known]) ?? (known.length === 0 ? 'It has none at all.' : `There are: ${some}.`),
  )
}

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'table'
