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
  expect([...variables.values()]).toEqual([{ place: `source.config.a.0.${setting}` }])
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

it('takes a text whose parts Airbyte replaces for a variable, and says what it has to be', () => {
  const format = '${NAMESPACE}/${STREAM_NAME}/${YEAR}_'
  const { config, variables } = withoutSecrets('shop', 'destination', {
    config: { s3_path_format: format, file_name: '{date:yyyy}', whole: '${OWN}', password: 'a${B}' },
  })
  expect(config).toEqual({
    config: {
      s3_path_format: '${SHOP_DESTINATION_S3_PATH_FORMAT}',
      file_name: '{date:yyyy}',
      whole: '${OWN}',
      password: '${SHOP_DESTINATION_PASSWORD}',
    },
  })
  expect(Object.fromEntries(variables)).toEqual({
    SHOP_DESTINATION_S3_PATH_FORMAT: { place: 'destination.config.s3_path_format', text: format },
    OWN: { place: 'destination.config.whole' },
    SHOP_DESTINATION_PASSWORD: { place: 'destination.config.password' },
  })
})
