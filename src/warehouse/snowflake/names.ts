/** A name as Snowflake knows it: in capitals, unless it was written in double quotes. */
export function foldedName(written: string): string {
  const quoted = /^"((?:[^"]|"")*)"$/.exec(written)?.[1]
  return quoted === undefined ? written.toUpperCase() : quoted.replaceAll('""', '"')
}
