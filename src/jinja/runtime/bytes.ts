/** What `'é'.encode()` answers. */
export class PyBytes {
  readonly pythonType = 'bytes'
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  get length(): number {
    return this.bytes.length
  }
  get hashKey(): string {
    return `bytes${Buffer.from(this.bytes).toString('hex')}`
  }
  [Symbol.iterator](): Iterator<number> {
    return this.bytes.values()
  }
  pythonRepr(): string {
    const shown: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 39: "\\'", 92: '\\\\' }
    const text = [...this.bytes].map(
      (byte) =>
        shown[byte] ??
        (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`),
    )
    return `b'${text.join('')}'`
  }
}
