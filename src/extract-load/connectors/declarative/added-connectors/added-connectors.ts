import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileStamp, MillraceError, toMillraceError } from '../../../../base/index.js'
import type { JsonSchema } from '../../../contract.js'
import { extractLoadErrors } from '../../../errors.js'
import type { ConnectorInfo, MessageSource } from '../../connector.js'
import { firstSentence } from '../manifest/first-sentence.js'
import { type ManifestSummary, manifestSummary } from '../manifest/manifest-spec.js'
import type { ManifestUse } from '../manifest/open-manifest.js'
import { manifestConnector } from '../manifest-connector.js'
import { isTrusted, type ManifestOrigin, readOrigin } from './origin.js'

/** Below the folder of a project's connections. */
const folderName = 'connectors'
export const manifestName = 'manifest.yaml'

/** Where a connector of that name lies, or would lie. @param folder of the project's connections */
export const addedFolder = (folder: string, name: string): string => join(folder, folderName, name)

/** What may be the name of a connector, and so of its folder. */
export const isConnectorName = (name: string): boolean => /^[a-z][a-z0-9_-]*$/.test(name)

/** A connector that was added to a project; undefined where there is none of that name. @throws MANIFEST_UNREADABLE */
export function addedConnector(folder: string, name: string): MessageSource | undefined {
  if (!isConnectorName(name)) return undefined
  const summary = keptSummary(folder, name)
  return summary && connectorOfFolder(addedFolder(folder, name), name, summary)
}

/** All that were added, by their names; one whose manifest cannot be read says so of itself. */
export function addedConnectors(folder: string): readonly ConnectorInfo[] {
  return addedNames(folder).flatMap((name) => {
    try {
      return addedConnector(folder, name) ?? []
    } catch (thrown) {
      return [brokenConnector(name, toMillraceError(thrown).message)]
    }
  })
}

export function addedNames(folder: string): string[] {
  try {
    return readdirSync(join(folder, folderName)).filter(isConnectorName).sort()
  } catch {
    return []
  }
}

function connectorOfFolder(folder: string, name: string, summary: ManifestSummary): MessageSource {
  const origin = readOrigin(folder)
  return manifestConnector(
    {
      name,
      title: origin?.title ?? titleOf(name),
      kind: 'source',
      description: firstSentence(summary.description ?? '') || describedBy(origin),
      version: origin?.version ?? summary.version ?? '',
      releaseStage: 'alpha',
      isAdded: true,
      spec: guardedSpec(summary.spec, origin),
    },
    (config) => manifestUse(folder, config, origin),
  )
}

/** Its settings, with that which lifts the guard where there is one. */
export const guardedSpec = (spec: JsonSchema, origin: ManifestOrigin | undefined): JsonSchema =>
  isTrusted(origin) ? spec : withGuardSetting(spec)

/** What becomes of the settings of a connector that was added. @param folder its own */
export function manifestUse(
  folder: string,
  { [guardSetting]: allowsPrivateAddresses, ...config }: ManifestUse['config'],
  origin: ManifestOrigin | undefined,
): ManifestUse {
  return {
    path: join(folder, manifestName),
    config,
    allowsPrivateAddresses: isTrusted(origin) || allowsPrivateAddresses === true,
  }
}

const describedBy = (origin: ManifestOrigin | undefined) =>
  origin === undefined
    ? 'A declarative connector of this project.'
    : `A declarative connector, added from ${origin.from}.`

const titleOf = (name: string) =>
  name
    .split(/[-_]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

const brokenConnector = (name: string, message: string): ConnectorInfo => ({
  name,
  title: titleOf(name),
  kind: 'source',
  description: message,
  version: '',
  releaseStage: 'alpha',
  isAdded: true,
  spec: { type: 'object', properties: {} },
})

/** The setting that lifts the guard, beside those of a manifest that came from elsewhere. */
export const guardSetting = 'allows_private_addresses'

function withGuardSetting(spec: ManifestSummary['spec']): ManifestSummary['spec'] {
  const properties = (spec.properties ?? {}) as Readonly<Record<string, unknown>>
  // Whatever the manifest says of it itself: what is shown is what it does.
  return {
    ...spec,
    properties: {
      ...properties,
      [guardSetting]: {
        type: 'boolean',
        title: 'Private addresses',
        description:
          'The manifest came from outside this project: only with this may it ask for addresses inside a private network.',
        default: false,
        order: 1000,
      },
    },
  }
}

interface KeptSummary {
  readonly stamp: string
  readonly summary: ManifestSummary
}

/** By path: connections are read again and again, manifests hardly ever change. */
const kept = new Map<string, KeptSummary>()

function keptSummary(folder: string, name: string): ManifestSummary | undefined {
  const path = join(addedFolder(folder, name), manifestName)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isFile()) return undefined
  const stamp = fileStamp(stats)
  const known = kept.get(path)
  if (known?.stamp === stamp) return known.summary
  const summary = summaryOf(path, name)
  kept.set(path, { stamp, summary })
  return summary
}

function summaryOf(path: string, name: string): ManifestSummary {
  try {
    return manifestSummary(readFileSync(path, 'utf8'), path)
  } catch (cause) {
    // Neither what stands in it nor where the project lies: lists of connectors are shown to all.
    const { line, column } = (cause instanceof MillraceError && cause.at) || {}
    const where = line === undefined ? '' : `, at line ${line}${column === undefined ? '' : `, column ${column}`}`
    throw extractLoadErrors.create('MANIFEST_UNREADABLE', {
      message: `The manifest of the connector \`${name}\` cannot be read${where}.`,
      hint: 'Its page says what is wrong to those who may edit it.',
      cause,
    })
  }
}
