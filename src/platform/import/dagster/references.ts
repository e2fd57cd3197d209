import type { AssetSpec } from '../../../orchestrate/index.js'
import { type Code, code, quoted } from '../typescript/source-text.js'

/** How the written file names an asset. */
export interface Reference {
  readonly key: string
  /** Of a constant of the file, once it stands above. */
  readonly name?: string | undefined
  /** Of what the project has: `dbt.models.orders`. */
  readonly table?: string | undefined
  /** Something here makes it, so that a run may be asked for it. */
  readonly isMade: boolean
}

/** As it stands in `deps`. */
export const inDeps = ({ key, name, table }: Reference): Code => code(name ?? table ?? quoted(key))

/** As it stands in the list that a target is. */
export const inTarget = ({ key, name, table }: Reference): Code => code(name ?? table ?? `{ key: ${quoted(key)} }`)

const member = (object: string, name: string) =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `${object}.${name}` : `${object}[${quoted(name)}]`

/**
 * The name by which definitions.ts knows a stream or a dbt node, which holds whatever schema it has in another target. Undefined for
 * what has none, or shares it.
 */
export function tableName(asset: AssetSpec, all: readonly AssetSpec[]): string | undefined {
  const { connection, stream, uniqueId } = asset.origin ?? {}
  if (connection !== undefined && stream !== undefined)
    return member(`connection(${quoted(connection)}).streams`, stream)
  const name = uniqueId && dbtName(uniqueId)
  if (!name) return undefined
  const isShared = all.some((one) => one !== asset && dbtName(one.origin?.uniqueId ?? '') === name)
  return isShared ? undefined : name
}

const folders: Readonly<Record<string, string>> = { model: 'models', seed: 'seeds', snapshot: 'snapshots' }

function dbtName(uniqueId: string): string | undefined {
  const [type = '', , ...name] = uniqueId.split('.')
  if (name.length === 0) return undefined
  if (type === 'source') return member('dbt.sources', name.join('.'))
  const folder = folders[type]
  return folder && member(`dbt.${folder}`, name.join('.'))
}
