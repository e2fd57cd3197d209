import type { OperationRole } from '../contract/index.js'

/** The base of Airbyte's public API, and of the configuration API, which its older clients use. */
export const publicBase = '/api/public/v1'
export const configurationBase = '/api/v1'

export type Call = readonly [method: string, path: string, role: OperationRole]

/** Who may, and everybody above. A route that stands here with no role is refused. */
export const publicCalls: readonly Call[] = [
  ['GET', '/health', 'public'],
  ['POST', '/applications/token', 'public'],
  ['GET', '/applications', 'admin'],
  ['POST', '/applications', 'admin'],
  ['GET', '/applications/:applicationId', 'admin'],
  ['DELETE', '/applications/:applicationId', 'admin'],
  ['GET', '/workspaces', 'viewer'],
  ['GET', '/workspaces/:workspaceId', 'viewer'],
  ['GET', '/organizations', 'viewer'],
  ['GET', '/tags', 'viewer'],
  ['GET', '/sources', 'viewer'],
  ['GET', '/sources/:sourceId', 'viewer'],
  ['POST', '/sources', 'admin'],
  ['PATCH', '/sources/:sourceId', 'admin'],
  ['PUT', '/sources/:sourceId', 'admin'],
  ['DELETE', '/sources/:sourceId', 'admin'],
  ['GET', '/destinations', 'viewer'],
  ['POST', '/destinations', 'admin'],
  ['PATCH', '/destinations/:destinationId', 'admin'],
  ['PUT', '/destinations/:destinationId', 'admin'],
  ['DELETE', '/destinations/:destinationId', 'admin'],
  ['GET', '/destinations/:destinationId', 'viewer'],
  ['GET', '/connections', 'viewer'],
  ['POST', '/connections', 'admin'],
  ['GET', '/connections/:connectionId', 'viewer'],
  // Of an editor only what writes no file.
  ['PATCH', '/connections/:connectionId', 'editor'],
  ['DELETE', '/connections/:connectionId', 'admin'],
  ['GET', '/streams', 'editor'],
  ['GET', '/jobs', 'viewer'],
  ['POST', '/jobs', 'editor'],
  ['GET', '/jobs/:jobId', 'viewer'],
  ['DELETE', '/jobs/:jobId', 'editor'],
  ['GET', '/workspaces/:workspaceId/definitions/sources', 'viewer'],
  ['GET', '/workspaces/:workspaceId/definitions/sources/:definitionId', 'viewer'],
  ['GET', '/workspaces/:workspaceId/definitions/destinations', 'viewer'],
  ['GET', '/workspaces/:workspaceId/definitions/destinations/:definitionId', 'viewer'],
  ['GET', '/workspaces/:workspaceId/definitions/declarative_sources', 'admin'],
  ['POST', '/workspaces/:workspaceId/definitions/declarative_sources', 'admin'],
  ['GET', '/workspaces/:workspaceId/definitions/declarative_sources/:definitionId', 'admin'],
  ['PUT', '/workspaces/:workspaceId/definitions/declarative_sources/:definitionId', 'admin'],
  ['DELETE', '/workspaces/:workspaceId/definitions/declarative_sources/:definitionId', 'admin'],
]

export const configurationCalls: readonly Call[] = [
  ['GET', '/health', 'public'],
  ['POST', '/applications/token', 'public'],
  ['POST', '/workspaces/list', 'viewer'],
  ['POST', '/workspaces/get', 'viewer'],
  ['POST', '/sources/list', 'viewer'],
  ['POST', '/sources/get', 'viewer'],
  ['POST', '/sources/discover_schema', 'editor'],
  ['POST', '/destinations/list', 'viewer'],
  ['POST', '/destinations/get', 'viewer'],
  ['POST', '/connections/list', 'viewer'],
  ['POST', '/connections/get', 'viewer'],
  ['POST', '/connections/sync', 'editor'],
  ['POST', '/connections/reset', 'editor'],
  ['POST', '/connections/clear', 'editor'],
  ['POST', '/jobs/list', 'viewer'],
  ['POST', '/jobs/get', 'viewer'],
  ['POST', '/jobs/cancel', 'editor'],
  ['POST', '/operations/list', 'viewer'],
  ['POST', '/source_definitions/list', 'viewer'],
  ['POST', '/source_definitions/get', 'viewer'],
  ['POST', '/source_definition_specifications/get', 'viewer'],
  ['POST', '/destination_definitions/list', 'viewer'],
  ['POST', '/destination_definitions/get', 'viewer'],
  ['POST', '/destination_definition_specifications/get', 'viewer'],
]

const byPublicApi = 'The public API does it: POST, PATCH, PUT and DELETE below /api/public/v1.'
const ofUsers = 'Users and roles are those of Millrace: `millrace user`, or the Settings page.'
const oneWorkspace = 'A project is one workspace; another one is another project.'
const noTags = 'Connections have no tags here.'
const ownDefinitions =
  'A connector of Airbyte is named by its image in the file of a connection; one that is a manifest is added below …/definitions/declarative_sources.'

/** What Airbyte offers and we do not, with what to do instead. */
export const notOfferedCalls: readonly (readonly [method: string, path: string, hint: string])[] = [
  ['POST', '/sources/initiateOAuth', 'Put the token into the settings of the source, from a variable.'],
  ['POST', '/workspaces', oneWorkspace],
  ['PATCH', '/workspaces/:workspaceId', oneWorkspace],
  ['DELETE', '/workspaces/:workspaceId', oneWorkspace],
  ['PUT', '/workspaces/:workspaceId/oauthCredentials', oneWorkspace],
  ['DELETE', '/workspaces/:workspaceId/oauthCredentials', oneWorkspace],
  ['POST', '/tags', noTags],
  ['GET', '/tags/:tagId', noTags],
  ['PATCH', '/tags/:tagId', noTags],
  ['DELETE', '/tags/:tagId', noTags],
  ['GET', '/users', ofUsers],
  ['GET', '/permissions', ofUsers],
  ['POST', '/permissions', ofUsers],
  ['GET', '/permissions/:permissionId', ofUsers],
  ['PATCH', '/permissions/:permissionId', ofUsers],
  ['DELETE', '/permissions/:permissionId', ofUsers],
  ...(['sources', 'destinations'] as const).flatMap((kind) => [
    ['POST', `/workspaces/:workspaceId/definitions/${kind}`, ownDefinitions] as const,
    ['PUT', `/workspaces/:workspaceId/definitions/${kind}/:definitionId`, ownDefinitions] as const,
    ['DELETE', `/workspaces/:workspaceId/definitions/${kind}/:definitionId`, ownDefinitions] as const,
  ]),
]

/** The same of the configuration API. */
export const notOfferedConfiguration: typeof notOfferedCalls = [
  ...(['sources', 'destinations', 'connections'] as const).flatMap((kind) => [
    ['POST', `/${kind}/create`, byPublicApi] as const,
    ['POST', `/${kind}/update`, byPublicApi] as const,
    ['POST', `/${kind}/delete`, byPublicApi] as const,
  ]),
  ['POST', '/operations/create', 'Models run after a sync by themselves.'],
]

/** By method and route, as the guard asks. What is not offered is said to whoever may look. */
export const rolesOf = (base: string, calls: readonly Call[], others: typeof notOfferedCalls) =>
  new Map([
    ...calls.map(([method, path, role]) => [`${method} ${base}${path}`, role] as const),
    ...others.map(([method, path]) => [`${method} ${base}${path}`, 'viewer' as const] as const),
  ])
