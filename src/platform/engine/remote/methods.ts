import type { Engine } from '../../contract.js'

/**
 * The engine's methods that travel over the socket. Host and client are both made from this list, so that a method
 * cannot exist on one side only.
 */
export const remoteMethods = [
  'definitions',
  'reload',
  'writeTypes',
  'query',
  'exportParquet',
  'checkConnection',
  'discoverConnection',
  'acceptSchema',
  'sources',
  'connectorProblem',
  'connectorProblems',
  'addConnector',
  'connectorManifest',
  'connectorManifestHash',
  'changeConnector',
  'connectorUsers',
  'removeConnector',
  'checkManifest',
  'manifestWithSchema',
  'previewManifest',
  'destinations',
  'sourceSpec',
  'checkDraft',
  'checkDraftDestination',
  'discoverDraft',
  'previewDraftStream',
  'previewStream',
  'previewConnection',
  'keepEnd',
  'createConnection',
  'connectionSettings',
  'previewChange',
  'checkChange',
  'checkChangedDestination',
  'discoverChange',
  'changeConnection',
  'removeConnection',
  'secrets',
  'setSecrets',
  'removeSecret',
  'connectionStates',
  'putStates',
  'sample',
  'compiledCode',
  'selectDbt',
  'models',
  'model',
  'fieldLineage',
  'traceField',
  'evaluateSensor',
  'health',
  'startRunLoop',
] as const satisfies readonly (keyof Engine)[]

/** Those that take `(subject, { signal })`: the signal is not sent, a closed connection aborts it. */
export const stoppableMethods = [
  'connectorProblems',
  'checkManifest',
  'addConnector',
  'previewManifest',
  'checkConnection',
  'discoverConnection',
  'sourceSpec',
  'checkDraft',
  'checkDraftDestination',
  'discoverDraft',
  'previewDraftStream',
  'previewStream',
  'previewConnection',
  'keepEnd',
  'createConnection',
  'previewChange',
  'checkChange',
  'checkChangedDestination',
  'discoverChange',
  'changeConnection',
] as const satisfies readonly (keyof Engine)[]

/** For what a page shows beside other things, and can do without. */
const besidesMs = 10_000
/** For what a page is about: the project may have to be read for it, once. */
const pageMs = 60_000

/**
 * Reads that are short by nature: how long the server waits for each. Previews, checks, discoveries, queries and what changes something
 * take as long as they take.
 */
export const answersWithinMs: Partial<Record<(typeof remoteMethods)[number], number>> = {
  connectionStates: besidesMs,
  compiledCode: besidesMs,
  health: besidesMs,
  sources: pageMs,
  destinations: pageMs,
  connectorManifest: pageMs,
  connectorManifestHash: pageMs,
  connectorUsers: pageMs,
  connectionSettings: pageMs,
  secrets: pageMs,
  models: pageMs,
  model: pageMs,
}

export type RemoteMethod = (typeof remoteMethods)[number]

/** One line of an answer: output of a running call, or its end. */
export type AnswerLine =
  | { readonly type: 'stdout' | 'stderr'; readonly line: string }
  | { readonly type: 'result'; readonly value: unknown }
  | { readonly type: 'error'; readonly error: unknown }
