import { isLoginRequired, useSession } from '../api/session.js'
import { Shell } from './index.js'
import { Login } from './login.js'

/** The pages, or the login in their place: the address stays, so that one is where one wanted to be afterwards. */
export function Gate() {
  const session = useSession()
  if (isLoginRequired(session.error)) return <Login />
  // Nothing of a page is asked for before it is known whether it would be answered.
  if (session.isPending) return null
  return <Shell />
}
