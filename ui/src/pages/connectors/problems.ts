import { useQuery } from '@tanstack/react-query'
import type { ConnectorProblem, ConnectorProblems } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'

/** Manifests are files: nothing tells that one was edited. */
const lookAgainMs = 10_000

/** Whatever makes connectors that were added unusable: nobody has to sync to be told. */
export const useProblems = () =>
  useQuery({
    queryKey: ['connector-problems'],
    queryFn: () => get<ConnectorProblems>('/connectors/problems'),
    refetchInterval: lookAgainMs,
  })

/** The same of one of them. */
export const useProblem = (name: string) =>
  useQuery({
    queryKey: ['connector-problem', name],
    queryFn: () => get<ConnectorProblem>(`/connectors/${segment(name)}/problem`),
    refetchInterval: lookAgainMs,
  })
