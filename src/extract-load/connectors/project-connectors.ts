import { statSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type ErrorJson, registerSecretsIn, shownPath } from '../../base/index.js'
import { filledSettings } from '../connections/secrets/variables.js'
import type { Connection } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import type { KeptSettings } from './connector.js'
import { connectorUsers } from './connector-users.js'
import type { AddedConnector, AddRequest } from './declarative/added-connectors/add-manifest.js'
import {
  addedFolder,
  addedNames,
  isConnectorName,
  manifestName,
  manifestUse,
} from './declarative/added-connectors/added-connectors.js'
import { manifestHash, readOrigin } from './declarative/added-connectors/origin.js'
import type { DraftedManifest } from './declarative/builder/manifest-draft.js'
import type {
  ChangedManifest,
  ManifestChange,
  ManifestText,
  ProjectPlace,
} from './declarative/builder/manifest-file.js'
import type { ProblemsAsked } from './declarative/builder/manifest-problem.js'
import type { ManifestPreview, PreviewRequest } from './preview.js'
import { previewWith } from './preview-with.js'
import { connectorOf, isOwnName } from './registry.js'

/** Brings a manifest into a project, as a connector of its own. @throws MANIFEST_UNREADABLE, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED, CONNECTOR_NAME_INVALID, CONNECTOR_EXISTS */
export async function addConnector(request: Omit<AddRequest, 'isOwnName'>): Promise<AddedConnector> {
  const { addManifest } = await import('./declarative/added-connectors/add-manifest.js')
  return addManifest({ ...request, isOwnName })
}

/**
 * Takes a connector out of a project that was added to it. Answers its folder, relative to the project.
 * @param sources what else has it, by its name: sources that clients of Airbyte made, whether or not a connection has them
 * @throws CONNECTOR_NOT_FOUND, CONNECTOR_USED
 */
export async function removeConnector(
  name: string,
  { projectDir, folder }: ProjectPlace,
  { sources = [] }: { readonly sources?: readonly string[] } = {},
): Promise<string> {
  const own = addedOne(name, folder)
  const files = await connectorUsers(name, { projectDir, folder })
  const users = [...files, ...sources.map((source) => `the source \`${source}\``)]
  const deleting = [
    ...(files.length > 0
      ? ['Remove those connections first (`millrace connections remove <name>`), or give them another source.']
      : []),
    ...(sources.length > 0 ? ["Sources of Airbyte's API are deleted there: DELETE /sources/{sourceId}."] : []),
  ]
  if (users.length > 0)
    throw extractLoadErrors.create('CONNECTOR_USED', {
      message: `\`${name}\` is what ${users.join(', ')} ${users.length === 1 ? 'reads' : 'read'} with.`,
      hint: ['Nothing was removed.', ...deleting].join(' '),
    })
  await rm(own, { recursive: true })
  return relative(projectDir, own)
}

/** Its folder. @throws CONNECTOR_NOT_FOUND */
function addedOne(name: string, folder: string): string {
  const own = addedFolder(folder, name)
  if (isConnectorName(name) && statSync(own, { throwIfNoEntry: false })?.isDirectory()) return own
  throw extractLoadErrors.create('CONNECTOR_NOT_FOUND', {
    message: `No connector \`${name}\` was added to this project.`,
    hint: '`millrace connectors` lists those that were, first.',
  })
}

/** What is wrong with the manifest of a connector that was added to a project; undefined of any other. */
export async function connectorProblem(
  name: string,
  { projectDir, folder }: ProjectPlace,
  asked: ProblemsAsked,
): Promise<ErrorJson | undefined> {
  const own = addedFolder(folder, name)
  if (!isConnectorName(name) || !(await stat(own).catch(() => undefined))?.isDirectory()) return undefined
  const { manifestProblem } = await import('./declarative/builder/manifest-problem.js')
  return manifestProblem(own, projectDir, asked)
}

/** The same of all that were added, those that can be used left out. */
export async function connectorProblems(
  { projectDir, folder }: ProjectPlace,
  asked: ProblemsAsked,
  signal?: AbortSignal,
): Promise<readonly ConnectorProblem[]> {
  if (addedNames(folder).length === 0) return []
  const { manifestProblems } = await import('./declarative/builder/manifest-problem.js')
  return manifestProblems(folder, projectDir, asked, signal)
}

export interface ConnectorProblem {
  readonly name: string
  readonly error: ErrorJson
}

/** The manifest of a connector that was added to a project. @throws CONNECTOR_NOT_FOUND, MANIFEST_UNREADABLE, FILE_ENCODING */
export async function connectorManifest(name: string, place: ProjectPlace): Promise<ManifestText> {
  addedOne(name, place.folder)
  const { manifestFile } = await import('./declarative/builder/manifest-file.js')
  return manifestFile(name, place)
}

/** The hash of its text: whoever has that text need not ask for it again. @throws CONNECTOR_NOT_FOUND, MANIFEST_UNREADABLE, FILE_ENCODING */
export async function connectorManifestHash(name: string, { projectDir, folder }: ProjectPlace): Promise<string> {
  const own = addedOne(name, folder)
  const { manifestYaml } = await import('./declarative/builder/manifest-file.js')
  return manifestHash(manifestYaml(own, projectDir).yaml)
}

/** @throws CONNECTOR_NOT_FOUND, CONNECTOR_CHANGED_MEANWHILE, MANIFEST_UNREADABLE, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED */
export async function changeConnector(
  name: string,
  change: ManifestChange,
  place: ProjectPlace,
): Promise<ChangedManifest> {
  addedOne(name, place.folder)
  const { changeManifest } = await import('./declarative/builder/manifest-file.js')
  return changeManifest(name, change, place)
}

/** What is to be said of a text that may become the manifest of a connector. @throws CONNECTOR_NOT_FOUND */
export async function checkManifestText(
  name: string,
  yaml: string,
  { projectDir, folder }: ProjectPlace,
  signal?: AbortSignal,
): Promise<DraftedManifest> {
  const path = join(addedOne(name, folder), manifestName)
  const { readManifestDraft } = await import('./declarative/builder/manifest-draft.js')
  return readManifestDraft(path, yaml, shownPath(projectDir, path), signal)
}

/** A manifest whose stream has a schema that is written in it. @throws STREAM_NOT_FOUND */
export async function withStreamSchema(
  yaml: string,
  stream: string,
  schema: Readonly<Record<string, unknown>>,
): Promise<string> {
  const written = await import('./declarative/read/stream-schema.js')
  return written.withStreamSchema(yaml, stream, schema)
}

/**
 * The first records of streams as a text reads them that may become the manifest of a connector.
 * @throws CONNECTOR_NOT_FOUND, ENV_MISSING and what is wrong with the text or its config
 */
export async function previewManifestText(
  name: string,
  { yaml, config }: { readonly yaml: string; readonly config: Connection['source']['config'] },
  { folder, env, ...place }: PreviewPlace & ProjectPlace,
  request: PreviewRequest,
): Promise<ManifestPreview> {
  const own = addedOne(name, folder)
  const settings = filledSettings(config, env)
  registerSecretsIn(settings)
  const { previewManifest } = await import('./declarative/read/preview.js')
  const use = { ...manifestUse(own, settings, readOrigin(own)), draft: yaml }
  return previewManifest({ ...place, config: settings, file: '' }, use, request)
}

export interface PreviewPlace {
  readonly projectDir: string
  /** Of the project's connections, where there is a project. */
  readonly folder: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where tokens go that an API gave in the place of those of the config. */
  readonly kept?: KeptSettings | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The first records of a source with what was asked and answered for them.
 * @throws CONNECTOR_NOT_FOUND, PREVIEW_UNSUPPORTED, ENV_MISSING and what is wrong with a manifest or its config
 */
export async function previewSource(
  { connector, config }: Connection['source'],
  { folder, env, ...place }: PreviewPlace,
  request: PreviewRequest,
): Promise<ManifestPreview> {
  const context = { ...place, config: filledSettings(config, env), file: '' }
  return previewWith(connectorOf(connector, { folder }), context, request)
}
