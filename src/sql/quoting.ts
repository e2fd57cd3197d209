/** A name as it is written in SQL, whatever its letters. DuckDB and PostgreSQL agree on this. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as it is written in SQL, where a backslash means itself. */
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`
