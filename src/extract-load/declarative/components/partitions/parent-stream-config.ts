import { z } from 'zod'
import { type BuildScope, type ComponentKinds, part } from '../../component.js'
import type { DeclarativeStream, Mapping, RecordData, StreamSlice } from '../../component-contract.js'
import { compileGet } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { withLast } from '../../state/with-last.js'
import { type RequestOptionDefinition, requestOptionSchema } from '../requests/request-option.js'
import { embeddedResponse } from './embedded-response.js'
import { parentStateFrom } from './parent-state.js'

/** A stream whose records are the partitions of another. */
export const parentStreamConfigSchema = z.looseObject({
  type: z.literal('ParentStreamConfig'),
  stream: part('stream'),
  parent_key: z.string(),
  partition_field: z.string(),
  request_option: requestOptionSchema.optional(),
  incremental_dependency: z.boolean().optional(),
  lazy_read_pointer: z.array(z.string()).optional(),
  extra_fields: z.array(z.array(z.string())).optional(),
  $parameters: z.record(z.string(), z.unknown()).optional(),
})

export type ParentStreamConfigDefinition = z.infer<typeof parentStreamConfigSchema>

export interface ParentStream {
  readonly stream: DeclarativeStream
  readonly partitionField: string
  readonly requestOption: RequestOptionDefinition | undefined
  readonly isIncremental: boolean
  slices(): AsyncIterable<StreamSlice>
}

/** @param given of the stream that has the partitions */
export function buildParentStream(
  definition: ParentStreamConfigDefinition,
  scope: BuildScope,
  given: ComponentKinds['partition_router']['given'],
): ParentStream {
  const interpolation = definition.$parameters
    ? scope.interpolation.withParameters(definition.$parameters)
    : scope.interpolation
  const text = (template: string): string => interpolation.text(template)()
  const isIncremental = definition.incremental_dependency ?? false
  const stream = scope.build('stream', definition.stream, {
    state: isIncremental ? parentStateFrom(given.state, definition.stream, scope) : undefined,
    parentOf: given.isOfParent ? 'parent' : 'stream',
    readFor: given.readFor,
  })
  const partitionField = text(definition.partition_field)
  const keyOf = compileGet(pathOf(text(definition.parent_key)))
  const extraFieldsOf = compileExtraFields(definition.extra_fields, text)
  const embedded = compileEmbedded(definition.lazy_read_pointer, text, given.state === undefined)
  return {
    stream,
    partitionField,
    requestOption: definition.request_option,
    isIncremental,
    async *slices() {
      for await (const { item: parentSlice, isLast: isLastSlice } of withLast(stream.slices())) {
        let isEmpty = true
        for await (const { item: record, isLast } of withLast(recordsOf(stream, parentSlice))) {
          isEmpty = false
          stream.cursor.observe(record, parentSlice)
          const value = keyOf(record)
          const extraFields =
            value === undefined || value === null ? undefined : { ...embedded(record), ...extraFieldsOf(record) }
          // Closed before its last record is handed on: what is read of that one belongs to the state after it.
          if (isLast) close(stream, parentSlice, isLastSlice)
          if (extraFields)
            yield {
              partition: { [partitionField]: value, parent_slice: parentSlice.partition },
              cursorSlice: {},
              extraFields,
            }
        }
        if (isEmpty) close(stream, parentSlice, isLastSlice)
      }
    },
  }
}

async function* recordsOf(stream: DeclarativeStream, slice: StreamSlice): AsyncGenerator<RecordData> {
  // A schema that has to be asked for is asked for by whoever reads first.
  await stream.schema()
  for await (const records of stream.readSlice(slice)) yield* records
}

function close(stream: DeclarativeStream, slice: StreamSlice, isLast: boolean): void {
  stream.cursor.closeSlice(slice)
  if (isLast) stream.cursor.finish()
}

/** As the CDK's library for paths reads a text. */
const pathOf = (text: string): readonly string[] => text.replace(/^\//, '').split('/')

function compileExtraFields(
  paths: readonly (readonly string[])[] | undefined,
  text: (template: string) => string,
): (record: RecordData) => Mapping {
  const fields = (paths ?? [])
    .map((path) => path.map(text))
    .map((path) => ({ name: path.join('.'), get: compileGet(path) }))
  return (record) => Object.fromEntries(fields.map(({ name, get }) => [name, get(record) ?? null]))
}

/** The records of the stream that came with its parent's; with a state it asks for them itself. */
function compileEmbedded(
  pointer: readonly string[] | undefined,
  text: (template: string) => string,
  isFirstSync: boolean,
): (record: RecordData) => Mapping {
  if (!pointer || pointer.length === 0) return () => ({})
  if (pointer.some((segment) => segment.includes('*')))
    throw failure('MANIFEST_INVALID', {
      message: '`lazy_read_pointer` has a `*`.',
      hint: 'Write the path to one place.',
      failureType: 'system_error',
    })
  if (!isFirstSync) return () => ({})
  const get = compileGet(pointer.map(text))
  return (record) => ({ child_response: embeddedResponse(get(record) ?? []) })
}
