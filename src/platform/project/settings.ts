import { z } from 'zod'
import type { AlertKind } from '../../orchestrate/index.js'
import { airbyteSchema } from './airbyte-schema.js'
import { launcherSchema } from './launcher-schema.js'

const alertKinds = [
  'run_failed',
  'check_failed',
  'freshness_failed',
  'automation_failed',
  'schema_changed',
] as const satisfies readonly AlertKind[]

/** A whole number; also one written as text, which is what `"${PORT}"` gives. */
const wholeNumber = (schema: z.ZodNumber) =>
  z.preprocess((value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value), schema.int())

/** Also as text, which is what `"${EDIT}"` gives. */
const yesOrNo = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())

/** A text alone is the folder. */
const dbtSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { dir: value } : value),
  z.strictObject({
    dir: z.string().optional(),
    /** What runs its nodes: Millrace, or a dbt that is installed. */
    engine: z.enum(['millrace', 'dbt-core']).optional(),
    /** How that dbt is started. */
    command: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)], { error: 'write a text, or a list of words' })
      .optional(),
  }),
)

/** The shape of millrace.yaml. Unknown keys are refused: a typing error must not be silently ignored. */
export const projectSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'use letters, digits, - and _; start with a letter'),
  warehouse: z.strictObject({ profile: z.string().optional(), target: z.string().optional() }).optional(),
  dbt: dbtSchema.optional(),
  extract_load: z.string().optional(),
  definitions: z.string().optional(),
  /** Servers of Airbyte whose connections belong to the project. */
  airbyte: airbyteSchema.optional(),
  metastore: z.strictObject({ url: z.string().optional() }).optional(),
  server: z
    .strictObject({
      host: z.string().optional(),
      port: wholeNumber(z.number().min(0).max(65_535)).optional(),
      /** Of Airbyte's API; 0: none. */
      airbyte_port: wholeNumber(z.number().min(0).max(65_535)).optional(),
      /** The address under which people reach the page, where that is another: behind a proxy. */
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** PEM files, relative to millrace.yaml. */
      tls: z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) }).optional(),
      /** Names by which browsers may call it, besides its address: of a proxy before it, for example. */
      allowed_hosts: z.array(z.string()).optional(),
      /** Whether connections may be made in the browser; by default only where nobody else can reach the page. */
      edit_connections: yesOrNo.optional(),
    })
    .optional(),
  max_concurrent_runs: wholeNumber(z.number().min(1).max(64)).optional(),
  /** How many steps of a pool run at once, in all runs together. */
  pools: z.record(z.string().min(1), wholeNumber(z.number().min(0))).optional(),
  /** What holds runs back, ends them, and tries them again. */
  runs: z
    .strictObject({
      /** A duration: `6h`. */
      max_runtime: z.string().optional(),
      max_retries: wholeNumber(z.number().min(0).max(100)).optional(),
      tag_limits: z
        .array(
          z.strictObject({
            key: z.string().min(1),
            value: z.string().optional(),
            per_value: yesOrNo.optional(),
            limit: wholeNumber(z.number().min(0)),
          }),
        )
        .optional(),
      launcher: launcherSchema.optional(),
    })
    .optional(),
  /** Whom to tell of what goes wrong. */
  alerts: z
    .strictObject({
      webhook: z.url({ protocol: /^https?$/ }).optional(),
      slack: z.url({ protocol: /^https?$/ }).optional(),
      email: z
        .strictObject({
          smtp: z.url({ protocol: /^smtps?$/ }),
          from: z.string().min(1),
          to: z.array(z.string().min(1)).min(1),
        })
        .optional(),
      on: z.array(z.enum(alertKinds)).optional(),
      each_try: z.boolean().optional(),
    })
    .optional(),
  /** For how many days the store keeps what runs tell. */
  retention: z
    .strictObject({
      logs: wholeNumber(z.number().min(1)).optional(),
      runs: wholeNumber(z.number().min(1)).optional(),
    })
    .optional(),
})
export type ProjectFile = z.infer<typeof projectSchema>
