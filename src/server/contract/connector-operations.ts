import { connectorsSchema, sourceSchema, sourceSpecSchema } from './connection-drafts.js'
import {
  addConnectorSchema,
  addedConnectorSchema,
  checkManifestSchema,
  connectorManifestSchema,
  connectorProblemSchema,
  connectorProblemsSchema,
  draftedManifestSchema,
  manifestChangeSchema,
  manifestHashSchema,
  manifestWithSchemaRequestSchema,
  manifestWithSchemaSchema,
  removedConnectorSchema,
  testManifestSchema,
} from './connectors.js'
import type { Operation } from './operation.js'
import { streamPreviewSchema } from './stream-preview.js'

export const connectorOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/connectors',
    role: 'viewer',
    group: 'Connections',
    summary:
      'Where data can come from and go, with the JSON Schema of the settings, and whether connections may be made here',
    response: connectorsSchema,
  },
  {
    method: 'post',
    path: '/connectors',
    role: 'admin',
    group: 'Connections',
    summary:
      'Adds a source to the project: a manifest from an address or an npm package, as a text, or begun with a few choices',
    request: addConnectorSchema,
    response: addedConnectorSchema,
  },
  {
    method: 'get',
    path: '/connectors/problems',
    role: 'viewer',
    group: 'Connections',
    summary:
      'Sources that were added to the project and cannot be used, with what is wrong with their manifests: whoever may not edit them is told how many problems there are, and where',
    response: connectorProblemsSchema,
  },
  {
    method: 'get',
    path: '/connectors/{name}/problem',
    role: 'viewer',
    group: 'Connections',
    summary:
      'What is wrong with the manifest of a source that was added to the project; whoever may not edit it is told how many problems there are, and where',
    response: connectorProblemSchema,
  },
  {
    method: 'get',
    path: '/connectors/{name}/manifest',
    role: 'admin',
    group: 'Connections',
    summary: 'The manifest of a source that was added to the project',
    response: connectorManifestSchema,
  },
  {
    method: 'get',
    path: '/connectors/{name}/manifest-hash',
    role: 'admin',
    group: 'Connections',
    summary: 'The hash of its text: whoever has that text need not ask for it again',
    response: manifestHashSchema,
  },
  {
    method: 'put',
    path: '/connectors/{name}/manifest',
    role: 'admin',
    group: 'Connections',
    summary: 'Writes its manifest anew, once that is found right; not where somebody else changed it meanwhile',
    request: manifestChangeSchema,
    response: connectorManifestSchema,
  },
  {
    method: 'delete',
    path: '/connectors/{name}',
    role: 'admin',
    group: 'Connections',
    summary: 'Takes it out of the project, unless a connection uses it',
    response: removedConnectorSchema,
  },
  {
    method: 'post',
    path: '/connectors/{name}/check-manifest',
    role: 'admin',
    group: 'Connections',
    summary: 'Every problem of a text that may become its manifest, with line and column; nothing is run or written',
    request: checkManifestSchema,
    response: draftedManifestSchema,
  },
  {
    method: 'post',
    path: '/connectors/{name}/test-manifest',
    role: 'admin',
    group: 'Connections',
    summary:
      'The first records of a stream as such a text reads it, with what was asked and answered; secrets are masked, nothing is kept',
    request: testManifestSchema,
    response: streamPreviewSchema,
  },
  {
    method: 'post',
    path: '/connectors/{name}/manifest-with-schema',
    role: 'admin',
    group: 'Connections',
    summary:
      'Such a text with a schema of a stream written into it, every other line as it is; the project is not changed',
    request: manifestWithSchemaRequestSchema,
    response: manifestWithSchemaSchema,
  },
  {
    method: 'post',
    path: '/connectors/spec',
    role: 'admin',
    group: 'Connections',
    summary: 'The settings of a source; an Airbyte connector that the config names is asked for its own',
    request: sourceSchema,
    response: sourceSpecSchema,
  },
]
