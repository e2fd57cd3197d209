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
export { checkFields } from './connections/checks/check-fields.js'
export { changedSettings } from './connections/edit/changed-settings.js'
export {
  givesSecrets,
  type NewSecrets,
  readDraft,
  referencedEnd,
  refuseTaken,
  writeConnectionFile,
} from './connections/edit/draft.js'
export { editConnection } from './connections/edit/edit-connection.js'
export { hasOwnCursor, proposeStream, type StreamWishes } from './connections/edit/propose-stream.js'
export { shownSettings } from './connections/edit/shown-settings.js'
export { writtenConnection } from './connections/edit/written-connection.js'
export { isWantOfSecrets, readConnections, type WaitingConnection } from './connections/read-connections.js'
export { partitionsSchema } from './connections/schema/partitions-schema.js'
export { connectionStreams } from './connections/schema/streams.js'
export {
  namedVariables,
  placeOfConnection,
  referencesIn,
  type UnreadableSecret,
  type Variables,
  variablesIn,
} from './connections/secrets/variables.js'
export { type SourceTraits, sourceTraits } from './connections/source-traits.js'
export { checkConnection, checkDestination, discoverConnection, previewConnectionStreams } from './connections/verbs.js'
export { programSpec } from './connector-program/program-spec.js'
export { destinationSpec, type SourceSpec, sourceSpec } from './connectors/asked-spec.js'
export type { ConnectorInfo, KeptSettings } from './connectors/connector.js'
export { connectorUsers } from './connectors/connector-users.js'
export type { AddedConnector } from './connectors/declarative/added-connectors/add-manifest.js'
export { catalogName } from './connectors/declarative/added-connectors/catalog-address.js'
export { nameOf as connectorName } from './connectors/declarative/added-connectors/fetched-manifest.js'
export type { DraftedManifest } from './connectors/declarative/builder/manifest-draft.js'
export type { ChangedManifest, ManifestChange, ManifestText } from './connectors/declarative/builder/manifest-file.js'
export type { ProblemsAsked } from './connectors/declarative/builder/manifest-problem.js'
export { type ManifestChoices, starterManifest } from './connectors/declarative/builder/starter-manifest.js'
export { givenStates } from './connectors/declarative/read/given-states.js'
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
export { clearConnection } from './sync/clear-connection.js'
export { acceptSchema, withSchemaChanges } from './sync/plan/accepted-fields.js'
export { changeEffects } from './sync/plan/change-effects.js'
export { keptStates } from './sync/state/kept-states.js'
export {
  type BroughtState,
  broughtStates,
  type PutState,
  putStates,
  type ReadUpTo,
  sharedStream,
} from './sync/state/put-states.js'
export { committedStates, readSyncState } from './sync/state/sync-state.js'
export { syncConnection } from './sync/sync-connection.js'
export * from './sync-contract.js'
export { streamNotFound } from './unknown-stream.js'
