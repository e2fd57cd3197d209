import { z } from 'zod'
import { part } from '../component.js'

/** Whatever stands under a name: an object. */
const anyMapping = () => z.looseObject({})

/** Streams that are there only under a condition. */
const conditionalStreams = z.looseObject({
  type: z.literal('ConditionalStreams'),
  condition: z.string(),
  streams: z.array(part('stream')),
})

const isConditional = (value: unknown): boolean =>
  (value as { readonly type?: unknown } | null | undefined)?.type === 'ConditionalStreams'

/** Which of the two it is meant to be, its `type` says: no other of them is told of a mistake. */
const streamOrCondition = z.unknown().transform((value, context) => {
  const result = (isConditional(value) ? conditionalStreams : part('stream')).safeParse(value)
  if (!result.success) context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: value }) as never))
  return value
})

const dynamicStream = z.looseObject({
  type: z.literal('DynamicDeclarativeStream'),
  name: z.string().optional(),
  stream_template: part('stream'),
  components_resolver: part('components_resolver'),
  use_parent_parameters: z.boolean().optional(),
})

const streamGroup = z.looseObject({
  streams: z.array(anyMapping()),
  action: z.looseObject({ type: z.literal('BlockSimultaneousSyncsAction') }),
})

/** A manifest as a whole. Other than with components, the CDK refuses fields that it does not know. */
export const declarativeSourceSchema = z
  .strictObject({
    type: z.literal('DeclarativeSource'),
    version: z.string(),
    check: part('check'),
    streams: z.array(streamOrCondition).optional(),
    dynamic_streams: z.array(dynamicStream).optional(),
    spec: part('spec').optional(),
    concurrency_level: part('concurrency_level').optional(),
    api_budget: part('api_budget').optional(),
    stream_groups: z.record(z.string(), streamGroup).optional(),
    max_concurrent_async_job_count: z.union([z.int(), z.string()]).optional(),
    schemas: anyMapping().optional(),
    definitions: anyMapping().optional(),
    metadata: anyMapping().optional(),
    description: z.string().optional(),
  })
  .refine(({ streams, dynamic_streams: dynamic }) => streams !== undefined || dynamic !== undefined, {
    message: 'it has no `streams`, and no `dynamic_streams`',
    path: ['streams'],
  })
