import { z } from 'zod'
import { errorSchema } from './shared.js'

const jsonSchema = z.record(z.string(), z.unknown())
const path = z.array(z.string())

/** GET /api/connectors/{name}/problem */
export const connectorProblemSchema = z.object({ error: errorSchema.optional() })
export type ConnectorProblem = z.infer<typeof connectorProblemSchema>

/** GET /api/connectors/problems */
export const connectorProblemsSchema = z.object({
  problems: z.array(z.object({ name: z.string(), error: errorSchema })),
})
export type ConnectorProblems = z.infer<typeof connectorProblemsSchema>

/** What a manifest is begun with: an API, and one stream of it. */
export const manifestChoicesSchema = z
  .object({
    /** Of the API: `https://api.example.com/v1`. */
    url: z.string().min(1),
    stream: z.string().min(1),
    /** Of the stream, below the address. */
    path: z.string(),
    /** Where the records are in an answer; the whole answer where it is empty. */
    recordPath: path.default([]),
    primaryKey: z.string().optional(),
    /** The field of a record that says when it changed: only what is new is read then. */
    cursorField: z.string().optional(),
    /** The parameter that says from when on records are asked for. */
    sinceParameter: z.string().optional(),
    authentication: z.enum(['none', 'bearer', 'api_key_header', 'api_key_parameter', 'basic']).default('none'),
    /** Of the header or the parameter that a key goes into. */
    keyName: z.string().optional(),
    pagination: z.enum(['none', 'page', 'offset', 'cursor', 'link']).default('none'),
    /** The parameter that says which page. */
    pageParameter: z.string().optional(),
    /** The parameter that says how many records a page has. */
    sizeParameter: z.string().optional(),
    /** How many it has. Where neither is said, pages are read until one is empty. */
    pageSize: z.int().positive().optional(),
    /** Where in an answer the next cursor is. */
    cursorPath: path.optional(),
  })
  .refine(({ pagination, cursorPath = [] }) => pagination !== 'cursor' || cursorPath.length > 0, {
    path: ['cursorPath'],
    message: 'must say where in an answer the next cursor is',
  })
export type ManifestChoicesView = z.infer<typeof manifestChoicesSchema>

/** POST /api/connectors */
export const addConnectorSchema = z.object({
  from: z.union([
    /** An address, one of Airbyte's catalog, or an npm package: files of this machine are added where they lie. */
    z.string().regex(/^(?:https?:\/\/|airbyte:|npm:)./i, {
      message:
        'must be an address (https://…), a source of Airbyte’s catalog (airbyte:name[@version]) or an npm package (npm:name[@version][/file])',
    }),
    z.object({ yaml: z.string() }),
    z.object({ choices: manifestChoicesSchema }),
  ]),
  /** Told by where it comes from when left out. */
  name: z.string().optional(),
  /** It may take the place of one that was added before. */
  replaces: z.boolean().default(false),
})
export type AddConnector = z.input<typeof addConnectorSchema>
export const addedConnectorSchema = z.object({
  name: z.string(),
  /** What its author should know. */
  warnings: z.array(z.string()),
})
export type AddedConnectorView = z.infer<typeof addedConnectorSchema>

/** GET and PUT /api/connectors/{name}/manifest */
export const connectorManifestSchema = z.object({
  /** Relative to the project. */
  file: z.string(),
  yaml: z.string(),
  /** Of the text: whoever changes it says which one they have seen. */
  hash: z.string(),
  /** None of one that was written here. */
  origin: z
    .object({
      from: z.string(),
      kind: z.enum(['file', 'address', 'package', 'text']),
      version: z.string().optional(),
      title: z.string().optional(),
    })
    .optional(),
  /** Whether it may ask for addresses inside a private network. */
  isTrusted: z.boolean(),
  /** It says something else than when it came. */
  isEdited: z.boolean(),
  /** Files of connections that read with it, relative to the project; and in words, sources that clients of Airbyte made. */
  usedBy: z.array(z.string()),
})
export type ConnectorManifest = z.infer<typeof connectorManifestSchema>
/** GET /api/connectors/{name}/manifest-hash */
export const manifestHashSchema = z.object({ hash: z.string() })
export type ManifestHash = z.infer<typeof manifestHashSchema>
/** `before`: the hash of the text that it is made of. */
export const manifestChangeSchema = z.object({ yaml: z.string(), before: z.string() })

/** DELETE /api/connectors/{name} */
export const removedConnectorSchema = z.object({ folder: z.string() })

/** POST /api/connectors/{name}/check-manifest */
export const checkManifestSchema = z.object({ yaml: z.string() })
const remarkSchema = z.object({
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
})
export type ManifestRemark = z.infer<typeof remarkSchema>
export const draftedManifestSchema = z.object({
  /** Without an error it can be saved. */
  remarks: z.array(remarkSchema),
  /** Those that are written in it. */
  streams: z.array(z.string()),
  /** More are only known once the API was asked. */
  hasDynamicStreams: z.boolean(),
  /** JSON Schema of its settings. */
  spec: jsonSchema,
})
export type DraftedManifest = z.infer<typeof draftedManifestSchema>

const limit = z.int().positive().max(100)
/** POST /api/connectors/{name}/test-manifest */
export const testManifestSchema = z.object({
  yaml: z.string(),
  stream: z.string(),
  /** What the source is given; used, and written nowhere; tokens that an API gives in its place are remembered until the engine ends. `${NAME}` is a variable of the environment, or a secret that is kept. */
  config: z.record(z.string(), z.unknown()).default({}),
  /** After which it begins; at the start when left out. */
  state: z.record(z.string(), z.unknown()).optional(),
  limits: z.object({ records: limit, slices: limit, pagesPerSlice: limit }).optional(),
})
export type TestManifest = z.input<typeof testManifestSchema>

/** POST /api/connectors/{name}/manifest-with-schema */
export const manifestWithSchemaRequestSchema = z.object({
  yaml: z.string(),
  stream: z.string(),
  /** That of a test, as a rule: `inferredSchema`. */
  schema: jsonSchema,
})
export const manifestWithSchemaSchema = z.object({ yaml: z.string() })
