import { isMapping } from '../../../base/index.js'
import { type AirbyteConnectionState, jsonElements, jsonMembers, readStateAnswer } from '../../../extract-load/index.js'
import { platformErrors } from '../../errors.js'
import type { AirbyteActor, DeclarativeDefinition } from './airbyte-facts.js'
import { declarativeActor, isManifestRunner, manifestOf } from './declarative-facts.js'
import {
  actorOf,
  connectionOf,
  type ExportedConnection,
  type ExportedProgram,
  type ExportParts,
} from './export-parts.js'

export interface TextFile {
  /** For messages. */
  readonly path: string
  readonly text: string
}

type Found = Readonly<Record<string, unknown>>

/** Answers of Airbyte's APIs, in as many files as there are, in lists, under names, or one by one. @throws IMPORT_FILE_UNREADABLE */
export function readJsonExport(files: readonly TextFile[]): ExportParts {
  const sources = new Map<string, AirbyteActor>()
  const destinations = new Map<string, AirbyteActor>()
  const connections = new Map<string, ExportedConnection>()
  const states = new Map<string, AirbyteConnectionState>()
  const programs = new Map<string, ExportedProgram>()
  const manifests = new Map<string, DeclarativeDefinition>()
  const parsed = files.map((file) => ({ ...file, objects: objectsIn(parse(file), 0) }))
  for (const { objects } of parsed)
    for (const one of objects) {
      const id = one.sourceDefinitionId ?? one.destinationDefinitionId ?? one.id
      if (typeof id !== 'string') continue
      const manifest = manifestOf(one.manifest)
      const { name = id, language } = one
      const from = `an export of Airbyte, definition ${id}`
      if (manifest) manifests.set(id, { name: String(name), from, manifest })
      if (typeof one.dockerRepository !== 'string') continue
      const image = `${one.dockerRepository}:${String(one.dockerImageTag ?? 'latest')}`
      programs.set(id, { image, language: typeof language === 'string' ? language : undefined })
      // Its manifest may come with another answer.
      if (isManifestRunner(image) && !manifests.has(id)) manifests.set(id, { name: String(name), from, manifest })
    }
  const definitionOf = (one: Found) =>
    String(one.definitionId ?? one.sourceDefinitionId ?? one.destinationDefinitionId ?? '')
  const programOf = (one: Found) => programs.get(definitionOf(one))
  for (const { path, text, objects } of parsed) {
    for (const one of objects) {
      const { connectionId, sourceId, destinationId } = one
      if (typeof connectionId === 'string' && ('syncCatalog' in one || 'configurations' in one))
        connections.set(connectionId, better(connections.get(connectionId), connectionOf(one, path)))
      else if (typeof sourceId === 'string' && isActor(one))
        sources.set(
          sourceId,
          declarativeActor(actorOf(one, 'source', programOf(one)), manifests.get(definitionOf(one))),
        )
      else if (typeof destinationId === 'string' && isActor(one))
        destinations.set(destinationId, actorOf(one, 'destination', programOf(one)))
    }
    for (const [id, state] of statesIn(text, 0)) states.set(id, state)
  }
  return { sources, destinations, connections: [...connections.values()], states, notes: [] }
}

const isActor = (one: Found) => isMapping(one.configuration) || isMapping(one.connectionConfiguration)

/** Of one that was exported by both APIs the configuration API tells more. */
const better = (known: ExportedConnection | undefined, other: ExportedConnection): ExportedConnection => {
  if (!known) return other
  const hasTypes = ({ connection }: ExportedConnection) =>
    connection.syncCatalog.streams.some(({ stream }) => stream.jsonSchema)
  const [more, less] = hasTypes(known) ? [known, other] : [other, known]
  return { ...more, schedule: more.schedule.scheduleType === 'manual' ? less.schedule : more.schedule }
}

function parse({ path, text }: TextFile): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw platformErrors.create('IMPORT_FILE_UNREADABLE', {
      message: `${path} is no JSON: ${(cause as Error).message}.`,
      at: { file: path },
      hint: 'Export it anew.',
      cause,
    })
  }
}

/** So deep a list may lie below names such as `data` and `connections`. */
const deepest = 4

/** Everything that has an id, wherever in the lists it lies. What lies within such a thing is part of it. */
function objectsIn(value: unknown, depth: number): Found[] {
  if (depth > deepest) return []
  if (Array.isArray(value)) return value.flatMap((one) => objectsIn(one, depth + 1))
  if (!isMapping(value)) return []
  const isThing = ['connectionId', 'sourceId', 'destinationId', 'sourceDefinitionId', 'destinationDefinitionId'].some(
    (name) => typeof value[name] === 'string',
  )
  const isDefinition =
    typeof value.id === 'string' &&
    (manifestOf(value.manifest) !== undefined || typeof value.dockerRepository === 'string')
  if (isDefinition) return [value]
  return isThing
    ? [value, ...objectsIn(value.source, depth + 1), ...objectsIn(value.destination, depth + 1)]
    : Object.values(value).flatMap((one) => objectsIn(one, depth + 1))
}

/** To the letter: its numbers may be larger than JavaScript's. */
function statesIn(text: string, depth: number): (readonly [string, AirbyteConnectionState])[] {
  if (depth > deepest || !/^\s*[[{]/.test(text)) return []
  const members = jsonMembers(text)
  if (!members) return (jsonElements(text) ?? []).flatMap((one) => statesIn(one, depth + 1))
  if (!members.has('stateType')) return [...members.values()].flatMap((one) => statesIn(one, depth + 1))
  const state = readStateAnswer(text)
  const id: unknown = JSON.parse(members.get('connectionId') ?? 'null')
  return state && typeof id === 'string' ? [[id, state]] : []
}
