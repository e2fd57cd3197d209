import type { PartitionRouter, StreamCursor } from '../../component-contract.js'
import { emptySlice } from '../../state/interval-cursor.js'
import { noOptions } from '../requests/slice-options.js'

/** The CDK's. */
export const noCursorKey = '__ab_no_cursor_state_message'

/** Of a stream that is read whole each time: its state says only that it was. */
export const noCursor = (router: PartitionRouter | undefined, now: () => Date): StreamCursor => ({
  cursorField: undefined,
  uses: {},
  requestOptions: (place) => router?.requestOptions(place) ?? noOptions,
  slices: () => router?.slices() ?? oneSlice(),
  shouldBeSynced: () => true,
  observe: () => {},
  closeSlice: () => false,
  finish: () => {},
  state: () => ({ [noCursorKey]: true }),
  instantOf: (state) => (state[noCursorKey] ? now() : undefined),
})

async function* oneSlice() {
  yield emptySlice
}
