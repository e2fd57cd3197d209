import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, parse, relative } from 'node:path'
import { baseErrors, MillraceError, registerSecret } from '../../../base/index.js'
import { destinationOf } from '../../connectors/registry.js'
import type { ConfiguredStream, Connection, ConnectionDraft, ConnectionFile, JsonSchema } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { connectionText } from '../document/connection-text.js'
import { isWantOfSecrets, parseConnection, readConnections } from '../read-connections.js'
import { connectionSchema } from '../schema/schema.js'
import { connectionStreams } from '../schema/streams.js'
import { referenceMapperKeys } from '../secrets/mapper-keys.js'
import { type NamingPlace, referenceSecrets } from '../secrets/secret-references.js'
import { placeOfConnection, type Variables } from '../secrets/variables.js'

type Config = Connection['source']['config']

export interface DraftPlace extends Variables {
  readonly projectDir: string
  /** Where the project's connections are. */
  readonly folder: string
  /** The settings of the draft's source; its secrets are told by them. */
  readonly spec: JsonSchema
  /** Those of its destination; what the connector tells of all when left out. */
  readonly destinationSpec?: JsonSchema | undefined
  /** The streams that the source has, where it was asked; those of a draft that takes all of them. */
  readonly foundStreams?: readonly string[] | undefined
}

/**
 * What a draft would be as a file, and what that file says when it is read.
 * @param mayLackStreams the source is still to be asked which there are
 * @throws CONNECTION_INVALID and whatever else reading a connection throws, at its place in the text
 */
export function readDraft(
  draft: ConnectionDraft,
  { projectDir, folder, spec, foundStreams = [], destinationSpec: givenSpec, ...variables }: DraftPlace,
  { mayLackStreams = false }: { mayLackStreams?: boolean } = {},
): DraftedFile {
  refuseName(draft.name)
  const { connector } = draft.source
  const destinationSpec = givenSpec ?? destinationOf(draft.destination.connector ?? 'warehouse').spec
  const { source, destination, streams, values } = referenceAll(draft, { spec, destinationSpec, ...variables })
  const file = relative(projectDir, join(folder, `${draft.name}.yaml`))
  const yaml = connectionText({
    ...draft,
    source: { connector, config: inOrder(source, spec) },
    destination: { ...draft.destination, config: inOrder(destination, destinationSpec) },
    streams,
  })
  const connection = unwritten(draft.name, () =>
    parseConnection(yaml, file, {
      ...withValues(variables, values),
      foundStreams: () => foundStreams,
      folder,
      mayLackStreams,
    }),
  )
  const secrets = newSecrets(values, variables)
  return { connection, file, yaml, newSecrets: [...secrets.keys()], places: placesOf(connection), secrets }
}

/** There is no file yet in which somebody could look for the variable: the setting that names it is told instead. */
function unwritten<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MillraceError) || !isWantOfSecrets(error.code) || !Array.isArray(error.data?.path))
      throw error
    const { message, hint, data } = error
    const setting = error.data.path.join('.')
    const told = {
      message: `\`${setting}\` of the draft \`${name}\` names a variable. ${message}`,
      hint,
      data,
    }
    throw error.code === 'ENV_MISSING'
      ? baseErrors.create('ENV_MISSING', told)
      : extractLoadErrors.create('CONNECTION_SECRET_UNREADABLE', told)
  }
}

/** What a draft, or a change, makes of a file. */
export interface DraftedFile extends ConnectionFile {
  readonly connection: Connection
  readonly secrets: NewSecrets
}

/** Secrets that are to be kept with the file, by their names. They are shown to nobody. */
export type NewSecrets = ReadonlyMap<string, string>

/** Those that nothing has yet. */
export const newSecrets = (values: NewSecrets, { env }: Variables): NewSecrets =>
  new Map([...values].filter(([name, value]) => env[name] !== value))

/** With secrets as if they were kept already. */
export const withValues = ({ env, stored, unreadable }: Variables, values: NewSecrets): Variables => ({
  env: { ...env, ...Object.fromEntries(values) },
  stored,
  given: new Set(newSecrets(values, { env }).keys()),
  unreadable,
})

interface Referenced {
  /** The settings of both ends, and the streams, with a variable in the place of each secret. */
  readonly source: Config
  readonly destination: Config
  readonly streams: readonly ConfiguredStream[]
  /** The secrets that were taken out, by their variables. From now on they are hidden wherever they are printed. */
  readonly values: ReadonlyMap<string, string>
}

/** Takes the secrets out of whatever is to stand in the file of a connection. */
export function referenceAll(
  draft: Pick<ConnectionDraft, 'name' | 'source' | 'destination' | 'streams'>,
  {
    spec,
    destinationSpec,
    before = [],
    ...variables
  }: Variables & {
    readonly spec: JsonSchema
    readonly destinationSpec: JsonSchema
    /** The settings of source and destination as they are written now. */
    readonly before?: readonly unknown[]
  },
): Referenced {
  const [sourceBefore, destinationBefore] = before
  const place = { ...variables, owners: [placeOfConnection(draft.name)] }
  const ofSource = referenceSecrets(draft.name, spec, draft.source.config, { ...place, before: sourceBefore })
  const ofDestination = referenceSecrets(draft.name, destinationSpec, draft.destination.config ?? {}, {
    ...place,
    taken: ofSource.values,
    before: destinationBefore,
  })
  const values = new Map([...ofSource.values, ...ofDestination.values])
  const streams = referenceMapperKeys(draft.name, draft.streams, variables, values)
  for (const value of values.values()) registerSecret(value)
  return { source: ofSource.config, destination: ofDestination.config, streams, values }
}

/** Whether a draft says a secret itself, instead of naming where it is kept. */
export const givesSecrets = (
  draft: Parameters<typeof referenceAll>[0],
  specs: { readonly spec: JsonSchema; readonly destinationSpec: JsonSchema },
): boolean => referenceAll(draft, { ...specs, env: {} }).values.size > 0

/** The settings of one end with names in the place of its secrets; `name` is what they are called after. */
export function referencedEnd(name: string, spec: JsonSchema, config: Config, place: NamingPlace) {
  const { config: named, values } = referenceSecrets(name, spec, config, place)
  for (const value of values.values()) registerSecret(value)
  return { config: named, secrets: newSecrets(values, place), variables: withValues(place, values) }
}

export const placesOf = (connection: Connection): ConnectionFile['places'] =>
  connectionStreams(connection).map(({ name, schema, table, isInWarehouse, location }) => ({
    stream: name,
    place: isInWarehouse ? `${schema}.${table}` : location,
  }))

/** Settings in the order in which the connector tells of them, whatever was asked first. */
function inOrder(config: Config, spec: JsonSchema): Config {
  const names = Object.keys((spec.properties ?? {}) as object)
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length)
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => place(a) - place(b)))
}

/**
 * Refuses a name that another connection has, or that would be written over another's file.
 * @throws CONNECTION_EXISTS, CONNECTION_INVALID
 */
export async function refuseTaken(
  name: string,
  { projectDir, folder, ...variables }: Omit<DraftPlace, 'spec' | 'destinationSpec' | 'foundStreams'>,
): Promise<void> {
  refuseName(name)
  const files = await readdir(folder).catch(() => [])
  // Where letters are not told apart, the file of `Shop` is that of `shop`.
  const file = files.find((one) => /\.ya?ml$/.test(one) && parse(one).name.toLowerCase() === name.toLowerCase())
  if (file !== undefined) throw exists(`The file ${relative(projectDir, join(folder, file))} is there already.`)
  const { connections } = await readConnections(projectDir, folder, variables)
  const other = connections.find((one) => one.name === name)
  if (other) throw exists(`There is a connection \`${name}\` already, in ${other.file}.`)
}

/** Writes the file of a draft, which never takes the place of another. @throws CONNECTION_EXISTS */
export async function writeConnectionFile({ projectDir, file, yaml }: ConnectionFile & { projectDir: string }) {
  const path = join(projectDir, file)
  const own = `${path}.${randomUUID()}.new`
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(own, yaml)
  try {
    // Linking, unlike renaming, fails where a file is; and nobody ever reads half of it.
    await link(own, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(`The file ${file} is there already.`)
    // Not every file system has links.
    await writeFile(path, yaml, { flag: 'wx' })
  } finally {
    await rm(own, { force: true })
  }
}

const exists = (message: string) =>
  extractLoadErrors.create('CONNECTION_EXISTS', {
    message,
    hint: 'Nothing was written. Choose another name, or change that file.',
  })

/** The name is the file's as well: nothing that leads elsewhere gets through. */
function refuseName(name: string): void {
  const { error } = connectionSchema.shape.name.safeParse(name)
  const problem =
    error?.issues[0]?.message ?? (name === 'new' ? 'the page on which connections are made is called so' : undefined)
  if (problem === undefined) return
  const possible = name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[^A-Za-z]+|_+$/g, '')
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message: `\`${name}\` cannot be the name of a connection: ${problem}.`,
    hint: `A name is short and says what the source is, such as \`${possible === '' || possible === 'new' ? 'shop' : possible}\`.`,
  })
}
