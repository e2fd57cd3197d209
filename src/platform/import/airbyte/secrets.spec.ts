import { expect, it } from 'vitest'
import { withoutSecrets } from './secrets.js'

const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n'
const account = '{"type": "service_account", "private_key": "abc"}'

it.each([
  ['credentials_json', 'in-clear'],
  ['service_account_json', 'in-clear'],
  ['service_account_info', 'in-clear'],
  ['ssh_key', 'in-clear'],
  ['connection_string', 'in-clear'],
  ['credentials', 'in-clear'],
  ['azure_blob_storage_account_key', 'in-clear'],
  ['apiKey', 'in-clear'],
  ['identity', key],
  ['google', account],
  ['url', 'mongodb://me:in-clear@host/db'],
  ['jdbc_url_params', 'user=me&password=in-clear'],
])('%s is a secret, also far below and in a list', (setting, value) => {
  const { config, variables } = withoutSecrets('shop', 'source', { config: { a: [{ [setting]: value }] } })
  expect(config).toEqual({ config: { a: [{ [setting]: expect.stringMatching(/^\$\{SHOP_A_0_\w+\}$/) }] } })
  expect([...variables.values()]).toEqual([`source.config.a.0.${setting}`])
  const listed = withoutSecrets('shop', 'source', { [setting]: [value] })
  expect(JSON.stringify(listed.config)).not.toContain(JSON.stringify(value))
})

it('leaves what only stands beside secrets', () => {
  const config = {
    credentials: { auth_type: 'oauth2.0', repository: 'a/b' },
    credential: { credential_type: 'HMAC_KEY' },
    service_account_email: 'me@example.com',
    primary_key: 'id',
    url: 'https://example.com/a?b=c',
    client_id: '',
  }
  expect(withoutSecrets('shop', 'source', config)).toEqual({ config, variables: new Map() })
})
