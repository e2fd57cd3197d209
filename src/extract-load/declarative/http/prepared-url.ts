import { domainToASCII } from 'node:url'
import { str } from '../../../jinja/index.js'
import type { Mapping } from '../component-contract.js'
import { encodedForm, formPairs } from './form.js'
import { quote } from './python-quote.js'
import { shownUrl } from './shown-request.js'
import { joinedUrl, splitUrl } from './split-url.js'
import { TransportError } from './transport-error.js'

/** What to do about an address that cannot be asked. */
export const addressHint =
  'Look at `url` (or `url_base` and `path`) of the requester, and at the setting that it is made of: it begins with http:// or https://.'

const plain = /[A-Za-z0-9._~-]/
const urlShape = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^\\/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s
const hostShape = /^((?:[^[\]%:/?#]|%[A-Fa-f0-9]{2})*|\[[0-9A-Fa-f:.]+(?:%[^\]]*)?\])(?::(\d{0,5}))?$/
const pathCharacters = "!$&'()*+,;=:@/"
const queryCharacters = `${pathCharacters}?`

/**
 * An address with its query, written as Python's `requests` (2.34, over urllib3 2.8) sends it.
 * @throws TransportError without a scheme or a host
 */
export function preparedUrl(url: string, params: Mapping): string {
  const text = url.trimStart()
  // An address for a program of its own; the transport refuses it by its scheme.
  if (text.includes(':') && !text.toLowerCase().startsWith('http')) return text
  const [, scheme = '', authority = '', path = '', ownQuery = '', fragment = ''] =
    urlShape.exec(/^(?:[A-Za-z][A-Za-z0-9+-]*:|\/)/.test(text) ? text : `//${text}`) ?? []
  if (!scheme)
    throw new TransportError(
      'MissingSchema',
      `the address \`${shownUrl(text)}\` begins with neither http:// nor https://`,
    )
  const netloc = normalizedHost(authority)
  if (!netloc)
    throw new TransportError('InvalidURL', `the address \`${shownUrl(text)}\` has no host, or one that is none`)
  const added = encodedForm(params)
  const query = encodedWith(ownQuery, queryCharacters)
  return requoted(
    joinedUrl({
      scheme: scheme.toLowerCase(),
      netloc,
      path: encodedWith(withoutDots(path), pathCharacters) || '/',
      query: [query, added].filter((one) => one !== '').join('&'),
      fragment: encodedWith(fragment, queryCharacters),
    }),
  )
}

/** Without the parameters that the address itself gives with the same value. */
export function withoutRepeated(url: string, params: Mapping): Mapping {
  const { query } = splitUrl(url)
  if (query === '') return params
  const own = new Map<string, string>()
  for (const [name, value] of formPairs(query)) if (!own.has(name)) own.set(name, value)
  return Object.fromEntries(
    Object.entries(params).filter(([name, value]) => {
      const inUrl = own.get(name)
      return inUrl === undefined || inUrl !== str(value)
    }),
  )
}

/** What an address of a redirect or of a page becomes: characters that no address may have are encoded, others left as they are. */
export function requoted(url: string): string {
  const unquoted = url.replace(/%([0-9A-Fa-f]{2})/g, (whole, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return plain.test(character) ? character : whole
  })
  const isBroken = /%(?=[0-9A-Za-z]{2})(?![0-9A-Fa-f]{2})/.test(url)
  return isBroken ? quote(url, "!#$&'()*+,/:;=?@[]~") : quote(unquoted, "!#$%&'()*+,/:;=?@[]~")
}

/** @returns undefined for what is no host */
function normalizedHost(authority: string): string | undefined {
  const at = authority.lastIndexOf('@')
  const [, host = '', port = ''] = hostShape.exec(authority.slice(at + 1)) ?? []
  const ascii = /[^\0-\x7f]/.test(host) ? domainToASCII(host) : host.toLowerCase()
  if (ascii === '' || /^[*.]|\s/.test(ascii)) return undefined
  return `${authority.slice(0, at + 1)}${ascii}${port && `:${port}`}`
}

/** A `%` stays one only where every one of them begins an encoded byte. */
function encodedWith(text: string, allowed: string): string {
  const encodings = text.match(/%[0-9A-Fa-f]{2}/g)?.length ?? 0
  const areAllEncodings = encodings === (text.match(/%/g)?.length ?? 0)
  const upper = text.replace(/%[0-9A-Fa-f]{2}/g, (one) => one.toUpperCase())
  return quote(upper, areAllEncodings ? `${allowed}%` : allowed)
}

function withoutDots(path: string): string {
  const out: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') out.pop()
    else if (segment !== '.') out.push(segment)
  }
  if (path.startsWith('/') && out[0] !== '') out.unshift('')
  if (/\/\.\.?$/.test(path)) out.push('')
  return out.join('/')
}
