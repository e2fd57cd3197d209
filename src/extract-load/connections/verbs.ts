import { type Clock, type ErrorJson, formatLocation } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { keptSettings } from '../connector-program/kept-config.js'
import type { ConnectorContext, SourceConnector } from '../connectors/connector.js'
import { failedCheck } from '../connectors/failed-check.js'
import type { ManifestPreview, PreviewRequest } from '../connectors/preview.js'
import { previewWith } from '../connectors/preview-with.js'
import { destinationOf } from '../connectors/registry.js'
import type { CheckResult, Connection, DiscoveredStream, SettingsKeeper } from '../contract.js'
import { checkWarehouse } from '../destinations/check-warehouse.js'
import { checkFields, checkStreams } from './checks/check-fields.js'
import { sourceOf } from './schema/source-of.js'
import { connectionStreams, namespaceWord } from './schema/streams.js'
import { namingVariables, withNamedVariables } from './secrets/named-in-refusal.js'

export interface VerbOptions {
  readonly connection: Connection
  readonly projectDir: string
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  readonly settingsKeeper?: SettingsKeeper | undefined
}

export function contextOf({ connection, projectDir, signal, clock, settingsKeeper }: VerbOptions): ConnectorContext {
  return {
    config: connection.source.config,
    projectDir,
    file: connection.file,
    locate: connection.locate,
    signal,
    clock,
    kept: keptSettings(settingsKeeper, connection.name, 'source'),
  }
}

/** Asks the source; its error names the variables of the settings that it refuses. */
async function asked<Answer>(
  options: VerbOptions,
  ask: (source: SourceConnector, context: ConnectorContext) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(sourceOf(options.connection), contextOf(options))
  } catch (thrown) {
    throw namingVariables(thrown, options.connection)
  }
}

/** The same for what was answered with its error, instead of thrown. */
const named = <Answer extends { readonly error?: ErrorJson | undefined }>(
  answer: Answer,
  { connection }: VerbOptions,
) => (answer.error ? { ...answer, error: withNamedVariables(answer.error, connection) } : answer)

/**
 * Whether the source can be reached with this configuration and has what the connection names of it, and the destination can be reached;
 * failures are a result, not an exception.
 */
export async function checkConnection(options: VerbOptions): Promise<CheckResult> {
  const warnings = (options.connection.secretsInClear ?? []).map(
    (at) =>
      `A secret stands in clear at ${formatLocation(at)}: write \${NAME} there, and keep it with \`millrace secrets set NAME\`, or as a variable where Millrace starts.`,
  )
  const result = await checkEnds(options)
  const all = [...warnings, ...(result.warnings ?? [])]
  return all.length === 0 ? result : { ...result, warnings: all }
}

async function checkEnds(options: VerbOptions): Promise<CheckResult> {
  const { destination } = options.connection
  const ofSource = named(await asked(options, (source, context) => source.check(context)), options)
  const failed = ofSource.status === 'failed' ? ofSource : await checkNamed(options)
  if (failed) return failed
  const ofDestination = await destinationOf(destination.connector).check?.(options)
  if (ofDestination === undefined || ofDestination.status === 'failed') return ofDestination ?? ofSource
  // What is said of one end is not to be taken for what is true of both.
  const { message = 'The source can be read' } = ofSource
  return { ...ofSource, message: [message, ofDestination.message].filter(Boolean).join('; ') }
}

async function checkNamed(options: VerbOptions): Promise<CheckResult | undefined> {
  const { connection } = options
  // One that is being made names none yet.
  if (connection.streams.length === 0) return undefined
  try {
    const discovered = await asked(options, (source, context) => source.discover(context, { isBrief: true }))
    checkStreams(connection, discovered)
    checkFields(connection, discovered)
    return undefined
  } catch (thrown) {
    return failedCheck(thrown)
  }
}

/** Whether the destination can be written to, the warehouse too; failures are a result, not an exception. */
export async function checkDestination({
  warehouse,
  ...options
}: VerbOptions & { readonly warehouse: () => Promise<Warehouse> }): Promise<CheckResult> {
  const { connection } = options
  const target = destinationOf(connection.destination.connector)
  if (!target.isWarehouse) return (await target.check?.(options)) ?? { status: 'succeeded' }
  const { schema } = connection.destination
  const own = schema === undefined || schema.includes(namespaceWord) ? [] : [schema]
  const schemas = [...own, ...connectionStreams(connection).map((stream) => stream.schema)]
  return checkWarehouse(warehouse, connection, schemas, options)
}

/** The first records of some streams with what was asked and answered for them. @throws PREVIEW_UNSUPPORTED and whatever reading throws */
export async function previewConnectionStreams(
  options: VerbOptions,
  request: PreviewRequest,
): Promise<ManifestPreview> {
  const preview = await asked(options, (source, context) => previewWith(source, context, request))
  return { ...preview, streams: preview.streams.map((stream) => named(stream, options)) }
}

/** The source's streams with their types, as they are now. */
export async function discoverConnection(options: VerbOptions): Promise<readonly DiscoveredStream[]> {
  return asked(options, (source, context) => source.discover(context))
}
