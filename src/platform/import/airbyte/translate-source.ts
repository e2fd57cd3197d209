import { isMapping } from '../../../base/index.js'
import { catalogName, connectorName, type JsonSchema, listConnectors } from '../../../extract-load/index.js'
import type { AirbyteActor } from './airbyte-facts.js'
import { fitted } from './native-settings.js'
import { fileSettings } from './translate-file-source.js'

export type Preference = 'native' | 'image'

export interface TranslatedSource {
  readonly connector: string
  readonly config: Readonly<Record<string, unknown>>
  /** Our own connector reads it, and not Airbyte's. */
  readonly isNative: boolean
  readonly notes: readonly string[]
}

/** Our own connectors, by the type of Airbyte's that reads the same. Their settings have the same names. */
const natives = new Set(['postgres', 'mysql', 'faker'])

/**
 * Our own connector where there is one, unless Airbyte's own are wanted.
 * @param bringsStates whether some stream is to go on from where Airbyte was
 * @param added what of the project reads a source, where something does
 */
export function translateSource(
  actor: AirbyteActor,
  prefer: Preference,
  { bringsStates, added }: { readonly bringsStates: boolean; readonly added: Added },
): TranslatedSource {
  const { type, image, config, name, declarative } = actor
  // Which files it has read it notes in its own way: of those it goes on from it stays the reader.
  const files = prefer === 'native' && !bringsStates ? fileSettings(type, config) : undefined
  if (files) return { connector: 'file', config: files, isNative: true, notes: [] }
  const spec = prefer === 'native' && natives.has(type) ? specOf(type) : undefined
  if (spec) {
    const { config: own, left } = fitted(spec, ownWords(type, config))
    const notes = left.map(
      (setting) => `\`${setting}\` of the source ${name} has no equal in the connector \`${type}\``,
    )
    return { connector: type, config: own, isNative: true, notes }
  }
  // No image knows a manifest of the builder.
  const own = prefer === 'native' || declarative?.manifest ? added(actor) : undefined
  if (own) return { connector: own.name, config: withoutType(config), isNative: false, notes: own.notes }
  const program = imageOf('source', { type, image, name }, config)
  const notes = prefer === 'native' ? [...program.notes, ...howToAdd(actor)] : program.notes
  return { connector: 'airbyte', isNative: false, config: program.config, notes }
}

/** A connector of the project that reads what one of Airbyte's does. */
export type Added = (
  source: Pick<AirbyteActor, 'type' | 'declarative'>,
) => { readonly name: string; readonly notes: readonly string[] } | undefined

const again = 'then import again, with `--force`'

/** What to type, where a manifest could read it. */
function howToAdd({ type, image, declarative, language }: AirbyteActor): string[] {
  if (declarative) {
    const own = connectorName(declarative.name) || 'connector'
    return [
      `its source is a manifest that was made in Airbyte's builder (\`${declarative.name}\`), which nobody told, and no image has it. Download it there as \`${own}.yaml\`, type \`millrace connectors add ./${own}.yaml --name ${own}\`, ${again}`,
    ]
  }
  const [, version = 'latest'] = /:([^:/]+)$/.exec(image ?? '') ?? []
  const isOfCatalog = image === undefined || /^(?:docker\.io\/)?airbyte\/source-/.test(image)
  if (type === '' || !isOfCatalog || (language !== undefined && language !== 'manifest-only')) return []
  const where =
    language === undefined ? 'Where it is one of the manifests of Airbyte' : 'It is one of the manifests of Airbyte'
  return [
    `it is read by the image of its source. ${where}, it can be read without a container: type \`millrace connectors add ${catalogName(type, version)} --name ${type}\`, ${again}`,
  ]
}

export interface TranslatedDestination {
  readonly connector: string
  readonly config: Readonly<Record<string, unknown>>
  readonly notes: readonly string[]
}

/** Any destination but the warehouse. */
export const translateDestination = ({ type, image, config, name }: AirbyteActor): TranslatedDestination => ({
  connector: 'airbyte',
  ...imageOf('destination', { type, image, name }, config),
})

function imageOf(
  role: 'source' | 'destination',
  { type, image, name }: Pick<AirbyteActor, 'type' | 'image' | 'name'>,
  config: Readonly<Record<string, unknown>>,
) {
  const assumed = `airbyte/${role}-${type}:latest`
  const note = `which version of ${assumed.replace(/:.*/, '')} the ${role} ${name} had was not told: write it in place of \`latest\``
  const settings = withoutType(config)
  return {
    config: { image: image ?? assumed, ...(Object.keys(settings).length > 0 ? { config: settings } : {}) },
    notes: image === undefined ? [note] : [],
  }
}

/** The API names the type within the settings, where the connector does not want it. */
const withoutType = ({ sourceType: _, destinationType: __, ...config }: Readonly<Record<string, unknown>>) => config

function specOf(connector: string): JsonSchema | undefined {
  return listConnectors().find((one) => one.kind === 'source' && one.name === connector)?.spec
}

/** What Terraform calls the choices of a connector, by the setting: a name that ends so, and the words of the connector. */
const terraformWords: Readonly<
  Record<string, readonly (readonly [ending: string, words: Readonly<Record<string, string>>])[]>
> = {
  ssl_mode: [
    'allow',
    'disable',
    'prefer',
    'require',
    'verify-ca',
    'verify-full',
    'preferred',
    'required',
    'verify_identity',
  ].map((mode) => [mode.replaceAll('-', '_'), { mode }] as const),
  replication_method: [
    ['write_ahead_log_cdc', { method: 'CDC' }],
    ['binary_log_cdc', { method: 'CDC' }],
    ['xmin_system_column', { method: 'Xmin' }],
    ['user_defined_cursor', { method: 'Standard' }],
  ],
  tunnel_method: [
    ['no_tunnel', { tunnel_method: 'NO_TUNNEL' }],
    ['ssh_key_authentication', { tunnel_method: 'SSH_KEY_AUTH' }],
    ['password_authentication', { tunnel_method: 'SSH_PASSWORD_AUTH' }],
  ],
}

/** `ssl_mode = { require = {} }` of Terraform as the connector has it: `{ mode: require }`. */
function withoutTerraform(type: string, setting: string, value: unknown): unknown {
  if (!isMapping(value)) return value
  const [only, ...more] = Object.entries(value)
  if (!only || more.length > 0 || !isMapping(only[1])) return value
  const [, words] =
    (terraformWords[setting] ?? []).find(([ending]) => only[0] === ending || only[0].endsWith(`_${ending}`)) ?? []
  if (!words) return value
  // The two write one word in their own way.
  const own = type === 'mysql' && words.mode === 'verify-ca' ? { mode: 'verify_ca' } : words
  return { ...own, ...only[1] }
}

/** Choices that some versions, or Terraform, write in other words. */
function ownWords(type: string, config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const settings = Object.entries(withoutType(config)).map(([name, value]) => [
    name,
    withoutTerraform(type, name, value),
  ])
  const { replication_method: method, ...rest } = Object.fromEntries(settings) as Readonly<Record<string, unknown>>
  if (type === 'faker' || method === undefined) return rest
  // Once it was a word of its own.
  const given = isMapping(method) ? method : { method }
  const isStandard = /^standard$/i.test(String(given.method))
  const standard = type === 'mysql' ? 'STANDARD' : 'Standard'
  return { ...rest, replication_method: isStandard ? { ...given, method: standard } : given }
}
