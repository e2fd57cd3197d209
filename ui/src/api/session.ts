import { useQuery } from '@tanstack/react-query'
import type { Role, Session } from '../../../src/server/contract/index.js'
import { ApiFailure, get } from './client.js'

export const sessionKey = ['session'] as const

export const isLoginRequired = (error: unknown): boolean =>
  error instanceof ApiFailure && error.error.code === 'SERVER_LOGIN_REQUIRED'

/** Who sits here. Asked once; what is refused later asks again. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: () => get<Session>('/session'),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

const order: readonly Role[] = ['viewer', 'editor', 'admin']

/** Whether who sits here may do what needs a role. As long as nobody answered, nothing is kept back: the server decides anyway. */
export function useMay(role: Role): boolean {
  const { data } = useSession()
  return data === undefined || order.indexOf(data.role) >= order.indexOf(role)
}
