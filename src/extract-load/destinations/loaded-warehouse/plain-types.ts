/** The types of DuckDB's columns by their kinds, for the kinds that have just one in every warehouse. */
export const plainTypes: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  date: 'DATE',
  binary: 'BLOB',
  float: 'DOUBLE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  json: 'JSON',
}
