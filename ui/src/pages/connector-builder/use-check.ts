import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ApiError, DraftedManifest } from '../../../../src/server/contract/index.js'
import { post, segment } from '../../api/client.js'
import { asApiError } from '../../design/states.js'

const settleMs = 300

export interface Checked {
  /** What was last said, also of a text that was changed since. */
  readonly found: DraftedManifest | undefined
  /** How many of the remarks are errors. */
  readonly errors: number
  readonly error: ApiError | undefined
  /** What is said is of the text as it stands now. */
  readonly isCurrent: boolean
}

/** What the server says of a manifest, a moment after somebody stopped typing. */
export function useCheck(connector: string, yaml: string): Checked {
  const [settled] = useDebouncedValue(yaml, settleMs)
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    queryKey: ['manifest-check', connector, settled],
    queryFn: ({ signal }) =>
      post<DraftedManifest>(`/connectors/${segment(connector)}/check-manifest`, { yaml: settled }, signal),
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })
  return {
    found: data,
    errors: data?.remarks.filter(({ severity }) => severity === 'error').length ?? 0,
    error: error ? asApiError(error) : undefined,
    isCurrent: settled === yaml && !isPlaceholderData && !isFetching,
  }
}
