/** Rows of a unit test's CSV by column; what is empty is null. Quotes work as in RFC 4180. */
export function parseCsv(text: string): Record<string, string | null>[] {
  const [header, ...rows] = records(text.trim())
  if (!header) return []
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name.text.trim(), fieldValue(row[i])])))
}

interface Field {
  readonly text: string
  readonly isQuoted: boolean
}

const fieldValue = (field: Field | undefined) => {
  if (!field) return null
  return field.isQuoted ? field.text : field.text.trim() === '' ? null : field.text.trim()
}

function records(text: string): Field[][] {
  const all: Field[][] = []
  let record: Field[] = []
  const fieldPattern = /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^",\r\n]*))(,|\r?\n|$)/g
  for (const [whole, quoted, plain = '', end] of text.matchAll(fieldPattern)) {
    if (whole === '' && record.length === 0) break
    record.push(
      quoted === undefined ? { text: plain, isQuoted: false } : { text: quoted.replaceAll('""', '"'), isQuoted: true },
    )
    if (end === ',') continue
    all.push(record)
    record = []
    if (end === '') break
  }
  return all
}
