/** What is in a value or a key, as bits. */
export const holds = {
  /** A text with escapes. */
  escapes: 1,
  /** White space between the parts of a nested value. */
  spaces: 2,
  /** An escape of half of a surrogate pair; whether the other half follows was not looked at. */
  halves: 4,
  /** The key has escapes. */
  keyEscapes: 8,
} as const

const quote = 0x22
const backslash = 0x5c
const braceOpen = 0x7b
const braceClose = 0x7d
const bracketOpen = 0x5b
const bracketClose = 0x5d
const comma = 0x2c
const colon = 0x3a
const letterU = 0x75
const space = 0x20

/** What may stand next within a nested value. */
const wants = { value: 0, valueOrEnd: 1, key: 2, keyOrEnd: 3, colon: 4, commaOrEnd: 5 } as const
type Wanted = (typeof wants)[keyof typeof wants]

/** Passes over JSON in bytes, without making a value of anything in it. */
export class JsonScanner {
  protected bytes: Buffer = Buffer.alloc(0)
  protected to = 0
  /** What is in the value or the text that was passed over last: see `holds`. */
  protected kind = 0
  /** Something was no JSON. */
  protected isBroken = false
  /** A number was passed over that a double has not, or Python's words for one. */
  protected isBeyondDouble = false
  /** By depth, of what is nested in a value: whether it is an object, and no list. */
  readonly #isObject: boolean[] = []

  /** Where the first key of an object stands; negative: behind the end of an empty one; 0: it is no object. */
  protected open(from: number): number {
    if (this.bytes[from] !== braceOpen) return 0
    const at = this.afterSpace(from + 1)
    return this.bytes[at] === braceClose ? -(at + 1) : at
  }

  /** Where the value of a key stands; -1 when there is none. */
  protected valueAfter(keyEnd: number): number {
    if (keyEnd < 0) return -1
    const at = this.afterSpace(keyEnd)
    return this.bytes[at] === colon ? this.afterSpace(at + 1) : -1
  }

  /** Where the next key stands; negative: behind the end of the object; 0: neither. */
  protected next(valueEnd: number): number {
    if (valueEnd < 0) return 0
    const at = this.afterSpace(valueEnd)
    if (this.bytes[at] === braceClose) return -(at + 1)
    return this.bytes[at] === comma ? this.afterSpace(at + 1) : 0
  }

  /** Where the value ends that starts at `from`; -1 when the line ends within it. */
  protected value(from: number): number {
    const code = this.bytes[from]
    if (code === quote) return this.string(from)
    if (code === braceOpen || code === bracketOpen) return this.#nested(from)
    this.kind = 0
    let end = from
    while (end < this.to && !isEnd(this.bytes[end] as number)) end++
    if (end === this.to) return -1
    const scalar = scalarAt(this.bytes, from, end)
    if (scalar === scalars.none) this.isBroken = true
    else if (scalar === scalars.beyondDouble) this.isBeyondDouble = true
    // Whatever it is, it takes room: nobody stands still at it.
    return Math.max(end, from + 1)
  }

  #nested(from: number): number {
    const bytes = this.bytes
    const isObject = this.#isObject
    let kind = 0
    let depth = 0
    let wanted: Wanted = wants.value
    for (let at = from; at < this.to; ) {
      const code = bytes[at] as number
      if (code === space || code === 10 || code === 13 || code === 9) {
        kind |= holds.spaces
        at++
        continue
      }
      if (code === comma) {
        if (wanted !== wants.commaOrEnd) this.isBroken = true
        wanted = isObject[depth] ? wants.key : wants.value
        at++
        continue
      }
      if (code === colon) {
        if (wanted !== wants.colon) this.isBroken = true
        wanted = wants.value
        at++
        continue
      }
      if (code === braceClose || code === bracketClose) {
        const ofEmpty = code === braceClose ? wants.keyOrEnd : wants.valueOrEnd
        if (wanted !== wants.commaOrEnd && wanted !== ofEmpty) this.isBroken = true
        if (isObject[depth] !== (code === braceClose)) this.isBroken = true
        at++
        if (--depth === 0) {
          // That some text in it has escapes is nobody's concern.
          this.kind = kind & ~holds.escapes
          return at
        }
        wanted = wants.commaOrEnd
        continue
      }
      const isKey: boolean = wanted === wants.key || wanted === wants.keyOrEnd
      if (isKey ? code !== quote : wanted !== wants.value && wanted !== wants.valueOrEnd) this.isBroken = true
      if (code === braceOpen || code === bracketOpen) {
        isObject[++depth] = code === braceOpen
        wanted = code === braceOpen ? wants.keyOrEnd : wants.valueOrEnd
        at++
        continue
      }
      at = this.value(at)
      if (at < 0) return -1
      kind |= this.kind
      wanted = isKey ? wants.colon : wants.commaOrEnd
    }
    return -1
  }

  protected string(from: number): number {
    const bytes = this.bytes
    const to = this.to
    this.kind = 0
    for (let at = from + 1; at < to; at++) {
      const code = bytes[at] as number
      if (code === quote) return at + 1
      if (code < space) this.isBroken = true
      if (code !== backslash) continue
      at++
      this.kind |= holds.escapes
      if (bytes[at] === letterU) {
        if (!areHexDigits(bytes, at + 1)) this.isBroken = true
        else if (isSurrogate(bytes, at + 1)) this.kind |= holds.halves
      } else if (!shortEscapes.includes(bytes[at] as number)) this.isBroken = true
    }
    return -1
  }

  protected afterSpace(from: number): number {
    const bytes = this.bytes
    let at = from
    while (at < this.to && (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9)) at++
    return at
  }

  protected is(from: number, end: number, wanted: Buffer): boolean {
    return isSame(this.bytes, from, end, wanted)
  }

  /** A string value; undefined for every other one. */
  protected text(from: number, end: number, last: { bytes: Buffer; text: string }): string | undefined {
    if (end < 0 || this.bytes[from] !== quote) return undefined
    if (this.is(from, end, last.bytes)) return last.text
    try {
      last.text = JSON.parse(this.bytes.toString('utf8', from, end)) as string
      last.bytes = Buffer.from(this.bytes.subarray(from, end))
      return last.text
    } catch {
      this.isBroken = true
      return ''
    }
  }
}

const shortEscapes = Buffer.from('"\\/bfnrt')

const isEnd = (code: number) => code === comma || code === braceClose || code === bracketClose || code <= space

export const isDigit = (code: number | undefined) => code !== undefined && code >= 0x30 && code <= 0x39

const scalars = { none: 0, usual: 1, beyondDouble: 2 } as const
type Scalar = (typeof scalars)[keyof typeof scalars]

const literals = ['true', 'false', 'null'].map((text) => Buffer.from(text))
/** `json.dumps` of Python writes them. */
const pythonLiterals = ['NaN', 'Infinity', '-Infinity'].map((text) => Buffer.from(text))

/** Which kind of a number or a literal this is. */
function scalarAt(bytes: Buffer, from: number, end: number): Scalar {
  if (isDigit(bytes[end - 1])) return numberAt(bytes, from, end)
  if (literals.some((literal) => isSame(bytes, from, end, literal))) return scalars.usual
  return pythonLiterals.some((literal) => isSame(bytes, from, end, literal)) ? scalars.beyondDouble : scalars.none
}

/** Whether these bytes stand there. */
export function isSame(bytes: Buffer, from: number, end: number, wanted: Uint8Array): boolean {
  if (end - from !== wanted.length) return false
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted[i]) return false
  return true
}

/** With fewer digits than these, a float is one that a double has, and near enough to it. */
const longExponent = 3
const longFloat = 300

function numberAt(bytes: Buffer, from: number, end: number): Scalar {
  const first = bytes[from] === 0x2d ? from + 1 : from
  if (!isDigit(bytes[first])) return scalars.none
  let at = afterDigits(bytes, first, end)
  let isBeyondDouble = false
  if (bytes[first] === 0x30 && at > first + 1) return scalars.none
  if (bytes[at] === 0x2e && at < end) {
    const digits = afterDigits(bytes, at + 1, end)
    if (digits === at + 1) return scalars.none
    at = digits
    isBeyondDouble = at - first > longFloat
  }
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    at++
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
    if (!isDigit(bytes[at])) return scalars.none
    isBeyondDouble ||= end - at >= longExponent || at - first > longFloat
    at = afterDigits(bytes, at, end)
  }
  if (at !== end) return scalars.none
  return isBeyondDouble ? scalars.beyondDouble : scalars.usual
}

function afterDigits(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && isDigit(bytes[at])) at++
  return at
}

function areHexDigits(bytes: Buffer, from: number): boolean {
  for (let at = from; at < from + 4; at++) {
    const code = bytes[at] as number
    const letter = code | 0x20
    if (!isDigit(code) && !(letter >= 0x61 && letter <= 0x66)) return false
  }
  return true
}

/** \uD800 to \uDFFF. */
const isSurrogate = (bytes: Uint8Array, at: number) => {
  const [first, second] = [bytes[at], bytes[at + 1] ?? 0]
  return (first === 0x64 || first === 0x44) && (second === 0x38 || second === 0x39 || (second | 0x20) >= 0x61)
}
