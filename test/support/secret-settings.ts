/** How a secret is shown. */
export const stars = '**********'

const secret = { airbyte_secret: true }

/** Settings as a file has them, with secrets of every kind: named, in clear, in lists and in other texts. */
export const secretSettings = {
  spec: {
    properties: {
      password: secret,
      pin: secret,
      tokens: { items: { properties: { token: secret } } },
      tunnel: { oneOf: [{ properties: { key: secret } }] },
    },
  },
  written: {
    host: 'db',
    password: '${DB_PASSWORD}',
    pin: 4711,
    tokens: [
      { name: 'a', token: 'first-secret' },
      { name: 'b', token: '${B}' },
    ],
    tunnel: { key: 'line one' },
    url: 'https://me:open-sesame@example.org/',
    api_key: 'called-like-one',
  },
}
