import { describe, expect, it } from 'vitest'
import { redact } from '../base/index.js'
import { storeAddress, withOwnSchema } from './address.js'

describe('storeAddress', () => {
  it('takes the schema out of the address, and remembers the password as a secret in both spellings', () => {
    expect(storeAddress('postgresql://me:pa%25ss-word@host/db?schema=Shop')).toEqual({
      url: 'postgresql://me:pa%25ss-word@host/db',
      schema: 'Shop',
      isPooled: false,
    })
    expect(redact('pa%ss-word pa%25ss-word')).toBe('********** **********')
  })
  it.each(['mysql://host/db', 'not an address', 'postgresql://me:100%@host/db'])('refuses %s with a hint', (text) => {
    expect(() => storeAddress(text)).toThrow(
      expect.objectContaining({ code: 'METASTORE_URL_INVALID', hint: expect.any(String) }),
    )
  })
  it('takes a pooler by session, and no other', () => {
    const pooled = storeAddress('postgresql://host/db?pooler=session&sslmode=require')
    expect(pooled).toEqual({ url: 'postgresql://host/db?sslmode=require', schema: 'public', isPooled: true })
    expect(() => storeAddress('postgresql://host/db?pooler=transaction')).toThrow(
      expect.objectContaining({ code: 'METASTORE_URL_INVALID', message: expect.stringContaining('transaction') }),
    )
  })
  it('keeps projects apart, unless the address names a schema', () => {
    expect(withOwnSchema('postgresql://host/db', 'My-Shop')).toContain('schema=millrace_my_shop')
    expect(withOwnSchema('postgresql://host/db?schema=mine', 'shop')).toContain('schema=mine')
  })
})
