import { z } from 'zod'
import { truthy } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import type { HttpResponse, PageTally, RecordData, RecordExtractor } from '../../component-contract.js'
import { failure } from '../../failure.js'

/** Puts the records of several extractors one behind the other, or takes those of the first one that finds any. */
export const combinedExtractor = defineComponent({
  type: 'CombinedExtractor',
  kind: 'record_extractor',
  schema: z.looseObject({
    extractors: z.array(part('record_extractor')).min(1, 'has no extractor'),
    mode: z.enum(['union', 'first_match']).optional(),
    skip_empty_records: z.boolean().optional(),
  }),
  build(definition, scope, given) {
    if (given.decoder.isStreamed)
      throw failure('MANIFEST_INVALID', {
        message: 'A CombinedExtractor has a decoder that reads the body as it comes: only one extractor could read it.',
        hint: 'Use a JsonDecoder, a XmlDecoder or a ZipfileDecoder, or one extractor.',
        failureType: 'config_error',
      })
    const extractors = definition.extractors.map((extractor) => scope.build('record_extractor', extractor, given))
    const parts = definition.skip_empty_records
      ? extractors.map((extractor, index) => withoutEmpty(extractor, dropped(index)))
      : extractors
    return { extract: definition.mode === 'first_match' ? firstMatch(parts) : union(parts) }

    function dropped(index: number): (count: number) => Promise<void> {
      return (count) =>
        scope.services.say({
          type: 'log',
          level: 'warn',
          message:
            `Extractor ${index + 1} of a CombinedExtractor found ${count} empty records, which were dropped. ` +
            'An API that answers so tells the reason in another field of its answer, as a rule.',
        })
    }
  },
})

type Extract = RecordExtractor['extract']

const union = (extractors: readonly RecordExtractor[]): Extract =>
  async function* (response, tally) {
    for (const extractor of extractors) yield* extractor.extract(response, tally)
  }

const firstMatch = (extractors: readonly RecordExtractor[]): Extract =>
  async function* (response, tally) {
    for (const extractor of extractors) {
      const own: PageTally = { extracted: 0 }
      let isMatch = false
      for await (const records of extractor.extract(response, own)) {
        isMatch ||= records.length > 0
        yield records
      }
      if (!isMatch) continue
      if (tally) tally.extracted += own.extracted
      return
    }
  }

/** What is dropped counts all the same: the page of the API held it. */
function withoutEmpty(extractor: RecordExtractor, tell: (count: number) => Promise<void>): RecordExtractor {
  return {
    async *extract(response: HttpResponse, tally?: PageTally) {
      let droppedCount = 0
      for await (const records of extractor.extract(response, tally)) {
        const kept: RecordData[] = records.filter(truthy)
        droppedCount += records.length - kept.length
        if (kept.length > 0) yield kept
      }
      if (droppedCount === 0) return
      if (tally) tally.extracted += droppedCount
      await tell(droppedCount)
    },
  }
}
