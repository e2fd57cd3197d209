import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ApiError, ConnectionDraftView, ConnectionFileView } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { asApiError } from '../../design/states.js'

/** The file that a draft would be, or what is wrong with it. */
export interface Preview {
  readonly file: ConnectionFileView | undefined
  /** Where streams will be, as far as the last draft without a mistake tells that goes to the same destination. */
  readonly places: ConnectionFileView['places']
  readonly error: ApiError | undefined
  /** What is shown is of the draft as it stands now. */
  readonly isCurrent: boolean
}

const settleMs = 300

/** @param isComplete false as long as something is half written: that is no mistake yet */
export function usePreview(draft: ConnectionDraftView, isComplete: boolean): Preview {
  const asked = isComplete ? draft : undefined
  const [settled] = useDebouncedValue(asked, settleMs)
  const isAsked = asked !== undefined && settled !== undefined
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    queryKey: ['connection-preview', settled],
    queryFn: ({ signal }) => post<ConnectionFileView>('/connection-drafts/preview', settled, signal),
    enabled: isAsked,
    retry: false,
    // It holds what somebody typed as a password: it goes with the page.
    gcTime: 0,
    placeholderData: keepPreviousData,
  })
  const [known, setKnown] = useState<Pick<Preview, 'places'> & { readonly connector: string | undefined }>()
  useEffect(() => {
    if (data && !isPlaceholderData) setKnown({ places: data.places, connector: settled?.destination.connector })
  }, [data, isPlaceholderData, settled])
  return {
    file: data,
    // Another destination has other places.
    places: known && known.connector === draft.destination.connector ? known.places : [],
    error: isAsked && error ? asApiError(error) : undefined,
    isCurrent: isAsked && settled === asked && !isPlaceholderData && !isFetching,
  }
}
