import { didYouMean, errorFromJson, MillraceError, mapConcurrent } from '../../../base/index.js'
import {
  type AirbyteConnection,
  type AirbyteDeclarativeDefinition,
  type AirbyteDefinition,
  AirbyteServerClient,
  type AirbyteServerOptions,
  type AirbyteSource,
} from '../../../extract-load/index.js'
import { platformErrors } from '../../errors.js'
import { type AirbyteActor, type AirbyteConnectionFacts, type AirbyteFacts, connectorType } from './airbyte-facts.js'
import { connectionNames } from './connection-names.js'
import { declarativeActor, isManifestRunner } from './declarative-facts.js'

export interface ReadServerOptions extends AirbyteServerOptions {
  /** Names or ids; all when left out. */
  readonly chosen?: readonly string[] | undefined
  /** Name or id of a workspace; all when left out. */
  readonly workspace?: string | undefined
  readonly withStates: boolean
  readonly signal?: AbortSignal | undefined
}

/** So many connections are asked about at once. */
const atOnce = 4

/**
 * Asks a running server of Airbyte. Nothing is changed there.
 * @throws AIRBYTE_…, IMPORT_NOTHING_FOUND
 */
export const readServer = (options: ReadServerOptions): Promise<AirbyteFacts> => withHints(() => read(options), hints)

const hints: Readonly<Record<string, string>> = {
  AIRBYTE_UNREACHABLE:
    'Is it running, and can it be reached from here? Name the address of its page: --url http://localhost:8000',
  AIRBYTE_LOGIN_REFUSED:
    'Name an application of it (Settings, Applications on its page) with --client-id, and put its secret into AIRBYTE_CLIENT_SECRET; or --username with AIRBYTE_PASSWORD.',
}
const stateHints: Readonly<Record<string, string>> = Object.fromEntries(
  ['AIRBYTE_NOT_FOUND', 'AIRBYTE_REFUSED', 'AIRBYTE_LOGIN_REFUSED'].map((code) => [
    code,
    'Only its configuration API tells how far it has read, and not everybody may ask that. With --without-state the first sync here reads from the beginning.',
  ]),
)

/** What there is to do is something else than where a server stands in millrace.yaml. */
async function withHints<T>(work: () => Promise<T>, hints: Readonly<Record<string, string>>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (!(thrown instanceof MillraceError)) throw thrown
    const hint = hints[thrown.code]
    throw hint === undefined ? thrown : errorFromJson({ ...thrown.toJSON(), hint })
  }
}

async function read(options: ReadServerOptions): Promise<AirbyteFacts> {
  const { signal, withStates } = options
  const client = new AirbyteServerClient(options)
  const workspaces = await client.workspaces({ signal })
  const workspace = options.workspace
  const meant = workspaces.filter(
    ({ name, workspaceId }) => workspace === undefined || [name, workspaceId].includes(workspace),
  )
  if (meant.length === 0)
    throw nothing(
      `no workspace${workspace === undefined ? '' : ` ${workspace}`}`,
      workspace,
      workspaces.map(({ name, workspaceId }) => name ?? workspaceId),
    )
  const all = await client.connections(
    workspace === undefined ? undefined : meant.map(({ workspaceId }) => workspaceId),
    { signal },
  )
  const names = connectionNames(all)
  const connections = chosenOf(
    all.filter(({ status }) => status !== 'deprecated'),
    options.chosen,
  )
  const notes: string[] = []
  const programs = new Map<string, Promise<AirbyteDefinition | undefined>>()
  const program = (role: 'source' | 'destination', id: string | undefined) => {
    if (id === undefined) return undefined
    const known = programs.get(id) ?? client.definition(role, id, { signal }).catch(unknownProgram(signal))
    programs.set(id, known)
    return known
  }
  const manifests = new Map<string, Promise<readonly AirbyteDeclarativeDefinition[]>>()
  /** Not everybody may ask for them. */
  const manifestsIn = (workspaceId: string) => {
    const known =
      manifests.get(workspaceId) ??
      client
        .declarativeDefinitions(workspaceId, { signal })
        .catch(unknownProgram(signal))
        .then((found) => found ?? [])
    manifests.set(workspaceId, known)
    return known
  }
  const declarativeOf = async (
    { name, definitionId, workspaceId }: AirbyteSource,
    own: AirbyteDefinition | undefined,
  ) => {
    // Any other is an image.
    if (definitionId === undefined || (own && !isManifestRunner(own.dockerRepository))) return undefined
    const found = (await manifestsIn(workspaceId)).find(({ id }) => id === definitionId)
    if (!found && !own) return undefined
    return {
      name: found?.name ?? own?.name ?? name,
      from: `Airbyte at ${new URL(client.addresses.page).origin}, definition ${definitionId}`,
      manifest: found?.manifest,
    }
  }
  const facts = await mapConcurrent(connections, atOnce, async (one): Promise<AirbyteConnectionFacts> => {
    const { connectionId, sourceId, destinationId } = one
    const [configured, source, destination, state] = await Promise.all([
      client.configuredConnection(connectionId, { signal }),
      client.source(sourceId, { signal }),
      client.destination(destinationId, { signal }),
      withStates ? withHints(() => client.state(connectionId, { signal }), stateHints) : undefined,
    ])
    const [ofSource, ofDestination] = await Promise.all([
      program('source', source.definitionId),
      program('destination', destination.definitionId),
    ])
    return {
      name: names.get(connectionId) ?? '',
      connection: configured,
      schedule: one.schedule,
      source: declarativeActor(
        actor(source.name, source.sourceType, ofSource, source.configuration),
        await declarativeOf(source, ofSource),
      ),
      destination: actor(destination.name, destination.destinationType, ofDestination, destination.configuration),
      state,
    }
  })
  return { connections: facts, notes }
}

/** The version of a connector is good to know; without the right to ask for it the rest still is. */
const unknownProgram = (signal: AbortSignal | undefined) => (thrown: unknown) => {
  signal?.throwIfAborted()
  if (!(thrown instanceof MillraceError)) throw thrown
  return undefined
}

function actor(
  name: string,
  type: string | undefined,
  program: AirbyteDefinition | undefined,
  config: Readonly<Record<string, unknown>>,
): AirbyteActor {
  const image = program && `${program.dockerRepository}:${program.dockerImageTag}`
  return { name, type: connectorType(type ?? image ?? name), image, config, language: program?.language }
}

function chosenOf(
  all: readonly AirbyteConnection[],
  chosen: readonly string[] | undefined,
): readonly AirbyteConnection[] {
  if (all.length === 0) throw nothing('no connections', undefined, [])
  if (!chosen?.length) return all
  return chosen.map((wanted) => {
    const found = all.find(({ connectionId, name }) => connectionId === wanted || name === wanted)
    if (found) return found
    throw nothing(
      `no connection ${wanted}`,
      wanted,
      all.map(({ name }) => name),
    )
  })
}

function nothing(what: string, wanted: string | undefined, names: readonly string[]) {
  return platformErrors.create('IMPORT_NOTHING_FOUND', {
    message: `Airbyte has ${what}.`,
    hint:
      names.length > 0
        ? [didYouMean(wanted ?? '', names), `There is: ${names.join(', ')}.`].filter(Boolean).join(' ')
        : 'Make sure that whoever asks may see it.',
  })
}
