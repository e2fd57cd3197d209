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

export type RemoteMethod = (typeof remoteMethods)[number]

/** One line of an answer: output of a running call, or its end. */
export type AnswerLine =
  | { readonly type: 'stdout' | 'stderr'; readonly line: string }
  | { readonly type: 'result'; readonly value: unknown }
  | { readonly type: 'error'; readonly error: unknown }
