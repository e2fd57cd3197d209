import { useEffect, useState } from 'react'
import type { ApiError, ConnectionDraftView, ConnectionFileView } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { useSettled } from './settled.js'

/** The file that a draft would be, or what is wrong with it. */
export interface Preview {
  readonly file: ConnectionFileView | undefined
  /** Where streams will be, as far as the last draft without a mistake tells that goes to the same destination. */
  readonly places: ConnectionFileView['places']
  readonly error: ApiError | undefined
  /** What is shown is of the draft as it stands now. */
  readonly isCurrent: boolean
}

/** @param isComplete false as long as something is half written: that is no mistake yet */
export function usePreview(draft: ConnectionDraftView, isComplete: boolean): Preview {
  const {
    answer,
    of: previewed,
    error,
    isCurrent,
  } = useSettled('connection-preview', isComplete ? draft : undefined, (asked, signal) =>
    post<ConnectionFileView>('/connection-drafts/preview', asked, signal),
  )
  const [known, setKnown] = useState<Pick<Preview, 'places'> & { readonly connector: string | undefined }>()
  useEffect(() => {
    if (answer && previewed) setKnown({ places: answer.places, connector: previewed.destination.connector })
  }, [answer, previewed])
  return {
    file: answer,
    // Another destination has other places.
    places: known && known.connector === draft.destination.connector ? known.places : [],
    error,
    isCurrent,
  }
}
