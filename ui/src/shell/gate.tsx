import { lazy, Suspense } from 'react'
import { isLoginRequired, useSession } from '../api/session.js'
import { Shell } from './index.js'

const Login = lazy(async () => ({ default: (await import('./login.js')).Login }))

/** The pages, or the login in their place: the address stays, so that one is where one wanted to be afterwards. */
export function Gate() {
  const session = useSession()
  if (isLoginRequired(session.error))
    return (
      <Suspense fallback={null}>
        <Login />
      </Suspense>
    )
  // Nothing of a page is asked for before it is known whether it would be answered.
  if (session.isPending) return null
  return <Shell />
}
