/** The Airbyte role: connections, connectors, syncs. */

export { type AirbyteAddresses, airbyteAddresses, connectionPage } from './airbyte-server/addresses.js'
export type * from './airbyte-server/answers.js'
export {
  configuredConnectionAnswer,
  definitionAnswer,
  destinationAnswer,
  sourceAnswer,
} from './airbyte-server/answers.js'
export { AirbyteServerClient, type ConnectionChange } from './airbyte-server/client.js'
export { type AirbyteCredentials, whoAsks } from './airbyte-server/credentials.js'
export {
  type AirbyteAttempt,
  type AirbyteFailure,
  type AirbyteJob,
  type AirbyteJobInfo,
  type AirbyteStats,
  isOver,
} from './airbyte-server/job-answers.js'
export { followsSource, ownSchema, type PlacedStream, placedStreams } from './airbyte-server/placed-streams.js'
export { type AirbyteConnectionState, type AirbyteStreamState, readStateAnswer } from './airbyte-server/state-answer.js'
export type { AirbyteServerOptions, CallOptions } from './airbyte-server/transport.js'
export { changedSettings } from './connections/changed-settings.js'
export { checkFields } from './connections/check-fields.js'
export {
  givesSecrets,
  type NewSecrets,
  readDraft,
  referencedEnd,
  refuseTaken,
  writeConnectionFile,
} from './connections/draft.js'
export { editConnection } from './connections/edit-connection.js'
export { partitionsSchema } from './connections/partitions-schema.js'
export { hasOwnCursor, proposeStream, type StreamWishes } from './connections/propose-stream.js'
export { isWantOfSecrets, readConnections, type WaitingConnection } from './connections/read-connections.js'
export { shownSettings } from './connections/shown-settings.js'
export { type SourceTraits, sourceTraits } from './connections/source-traits.js'
export { connectionStreams } from './connections/streams.js'
export {
  namedVariables,
  placeOfConnection,
  referencesIn,
  type UnreadableSecret,
  type Variables,
  variablesIn,
} from './connections/variables.js'
export { checkConnection, checkDestination, discoverConnection, previewConnectionStreams } from './connections/verbs.js'
export { writtenConnection } from './connections/written-connection.js'
export { programSpec } from './connector-program/program-spec.js'
export { destinationSpec, type SourceSpec, sourceSpec } from './connectors/asked-spec.js'
export type { ConnectorInfo, KeptSettings } from './connectors/connector.js'
export { connectorUsers } from './connectors/connector-users.js'
export type { AddedConnector } from './connectors/declarative/add-manifest.js'
export { catalogName } from './connectors/declarative/catalog-address.js'
export { nameOf as connectorName } from './connectors/declarative/fetched-manifest.js'
export { givenStates } from './connectors/declarative/given-states.js'
export type { DraftedManifest } from './connectors/declarative/manifest-draft.js'
export type { ChangedManifest, ManifestChange, ManifestText } from './connectors/declarative/manifest-file.js'
export type { ProblemsAsked } from './connectors/declarative/manifest-problem.js'
export { type ManifestChoices, starterManifest } from './connectors/declarative/starter-manifest.js'
export { type ListedFile, listFiles } from './connectors/file/list-files.js'
export type { ManifestPreview, PreviewRequest, ShownExchange, StreamPreview } from './connectors/preview.js'
export {
  addConnector,
  type ConnectorProblem,
  changeConnector,
  checkManifestText,
  connectorManifest,
  connectorManifestHash,
  connectorProblem,
  connectorProblems,
  previewManifestText,
  previewSource,
  removeConnector,
  withStreamSchema,
} from './connectors/project-connectors.js'
export { listConnectors, listDestinations, listSources } from './connectors/registry.js'
export * from './contract.js'
export type { CustomComponent } from './declarative/custom/custom-components.js'
export type { DestinationInfo } from './destinations/destination.js'
export { extractLoadErrors } from './errors.js'
export { jsonElements, jsonMembers } from './protocol/exact-json.js'
export { acceptSchema, withSchemaChanges } from './sync/accepted-fields.js'
export { changeEffects } from './sync/change-effects.js'
export { clearConnection } from './sync/clear-connection.js'
export { keptStates } from './sync/kept-states.js'
export {
  type BroughtState,
  broughtStates,
  type PutState,
  putStates,
  type ReadUpTo,
  sharedStream,
} from './sync/put-states.js'
export { syncConnection } from './sync/sync-connection.js'
export { committedStates, readSyncState } from './sync/sync-state.js'
export * from './sync-contract.js'
export { streamNotFound } from './unknown-stream.js'
