import type { Mapper } from '../../../extract-load/index.js'
import { type AirbyteMapper, readMappers } from '../../airbyte/mapper-words.js'

export interface TranslatedMappers {
  readonly mappers: readonly Mapper[]
  /** What has no equal, as sentences. */
  readonly notes: readonly string[]
  /** Rows would be loaded that are not to be: the stream is better left out. */
  readonly lacksFilter: boolean
}

/** Mappers of Airbyte; what one was to hide that has no equal here is not loaded in clear. */
export function translateMappers(given: readonly AirbyteMapper[]): TranslatedMappers {
  const { mappers, lacking } = readMappers(given, { takesAes: false })
  const left = new Set(lacking.flatMap(({ field }) => field ?? []))
  return {
    // Nothing else is to be done with a field that is not loaded.
    mappers: [
      ...mappers.filter((mapper) => mapper.type === 'row-filtering' || !left.has(mapper.field)),
      ...[...left].map((field): Mapper => ({ type: 'field-filtering', field })),
    ],
    notes: lacking.flatMap(({ type, why, field }) =>
      type === 'row-filtering'
        ? []
        : [
            `the mapper \`${type}\` ${why}${field === undefined ? '' : `, so \`${field}\` is not loaded`}${type === 'encryption' ? '. Write one with a key, and load the stream from the start' : ''}`,
          ],
    ),
    lacksFilter: lacking.some(({ field }) => field === undefined),
  }
}
