import type { RecordData, RecordFilter, RequestPlace } from '../../component-contract.js'

/** What came of some records: those before the one that failed are handed on, since whoever reads record by record has seen them. */
export interface Refined {
  readonly records: readonly RecordData[]
  readonly failure?: { readonly error: unknown } | undefined
}

export type Refinement = (records: readonly RecordData[], place: RequestPlace) => Refined

/** Does something with each record. */
export const forEach =
  (act: (record: RecordData, place: RequestPlace) => void): Refinement =>
  (records, place) => {
    let count = 0
    try {
      for (const record of records) {
        act(record, place)
        count++
      }
      return { records }
    } catch (error) {
      return { records: records.slice(0, count), failure: { error } }
    }
  }

export const byFilter =
  (filter: RecordFilter): Refinement =>
  (records, place) => {
    try {
      return { records: filter.filter(records, place) }
    } catch {
      // One of them cannot be judged: the others are judged one by one, up to it.
      return judgedSingly(filter, records, place)
    }
  }

function judgedSingly(filter: RecordFilter, records: readonly RecordData[], place: RequestPlace): Refined {
  const kept: RecordData[] = []
  try {
    for (const record of records) kept.push(...filter.filter([record], place))
    return { records: kept }
  } catch (error) {
    return { records: kept, failure: { error } }
  }
}

/** One after the other. A failure of a later step is that of an earlier record: it is the one that would have come first. */
export const inTurn =
  (steps: readonly Refinement[]): Refinement =>
  (records, place) =>
    steps.reduce<Refined>(
      (done, step) => {
        const next = step(done.records, place)
        return { records: next.records, failure: next.failure ?? done.failure }
      },
      { records },
    )
