export const sqlText = (value: string) => `'${value.replaceAll("'", "''")}'`

/** A path for DuckDB's readers, which take `*`, `?` and `[` for a pattern: the file is one file, whatever its name. */
export const sqlPath = (path: string) => sqlText(path.replace(/[*?[]/g, (char) => `[${char}]`))
