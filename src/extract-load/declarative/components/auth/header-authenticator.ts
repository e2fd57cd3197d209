import { registerSecret } from '../../../../base/index.js'
import type { Authenticator, Mapping } from '../../component-contract.js'

/** An authenticator that puts one header over each request, whose value is known without asking anybody. */
export function headerAuthenticator(header: () => Mapping): Authenticator {
  const signature = async () => {
    const headers = header()
    for (const value of Object.values(headers)) registerSecret(String(value).replace(/^\w+ /, ''))
    return headers
  }
  return { requestOptions: async () => ({ headers: await signature() }), signature }
}
